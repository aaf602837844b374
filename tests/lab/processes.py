"""Starting, awaiting and ending the processes of the lab, each with a log of its own.

No process outlives the lab: the kernel kills each when its parent dies (prctl(2), PR_SET_PDEATHSIG), and the
network kills by number what is left in its namespaces. Nothing is ever killed by name.
"""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent / "programs"


class LabError(Exception):
    """Something in the lab is not as it must be; the text says what, and what to look at."""


def eventually(condition, what, timeout=15.0, step=0.01):
    """Waits until `condition()` is true and answers its value. LabError says what did not happen in time."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"after {timeout:g} s still not: {what}")
        time.sleep(step)


class Process:
    """A running program. Standard output and error go to `log`."""

    def __init__(self, name, argv, log, env=None):
        self.name = name
        self.argv = [str(word) for word in argv]
        self.log = Path(log)
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *self.argv],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, **(env or {})}, start_new_session=True)

    @property
    def pid(self):
        return self._child.pid

    def running(self):
        return self._child.poll() is None

    def signal(self, number):
        if self.running():
            os.kill(self.pid, number)

    def wait(self, timeout=15.0):
        """The exit status; negative is the signal that ended it."""
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name} did not end within {timeout:g} s; its log: {self.log}") from None

    def end(self, timeout=5.0):
        """Ends it, gently first. Answers the exit status."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()

    def output(self):
        return self.log.read_text(errors="replace")

    def require_running(self):
        if not self.running():
            raise LabError(f"{self.name} ended with status {self._child.returncode}:\n{self.output()[-2000:]}")


def program(name, *arguments):
    """The argv of one of the lab's own programs."""
    return [sys.executable, str(PROGRAMS / f"{name}.py"), *map(str, arguments)]
