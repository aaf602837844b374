"""The demo's face: colours and a moving line on a terminal, plain lines anywhere else."""
import contextlib
import itertools
import os
import shutil
import sys
import textwrap
import threading
import time

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"


class Screen:
    def __init__(self, out=sys.stdout):
        self._out = out
        self._alive = out.isatty()
        self._colours = self._alive and "NO_COLOR" not in os.environ

    def paint(self, colour, text):
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours else text

    def say(self, text=""):
        print(text, file=self._out, flush=True)

    def title(self, text):
        self.say()
        self.say(self.paint(BOLD, text))
        self.say()

    def row(self, when, who, what, colour):
        """One line of a timeline; what does not fit goes on below itself."""
        margin = 24
        width = max(60, shutil.get_terminal_size((110, 24)).columns) - margin
        first, *rest = textwrap.wrap(what, width) or [""]
        self.say(f"  {when:>12}  {self.paint(colour, f'{who:<6}')}  {first}")
        for line in rest:
            self.say(" " * margin + line)

    @contextlib.contextmanager
    def busy(self, text):
        """Shows that something is under way, and for how long already."""
        if not self._alive:
            self.say(f"  ... {text}")
            yield
            return
        done = threading.Event()
        painter = threading.Thread(target=self._spin, args=(text, done), daemon=True)
        painter.start()
        try:
            yield
        finally:
            done.set()
            painter.join()

    def _spin(self, text, done):
        began = time.monotonic()
        for sign in itertools.cycle("|/-\\"):
            line = f"  {sign} {text}  {time.monotonic() - began:.1f} s"
            room = shutil.get_terminal_size().columns - 1
            self._out.write(f"\r\x1b[K{self.paint(DIM, line[:room])}")
            self._out.flush()
            if done.wait(0.1):
                break
        self._out.write("\r\x1b[K")
        self._out.flush()
