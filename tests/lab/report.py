"""The exact figures of a run, in a file beside the folder of the programs; a line says which test it is of."""
import time
from contextlib import contextmanager

from tests.lab.batond import BIN


@contextmanager
def opened_report(name, title, mode="a"):
    """Runs side by side add to one file; with mode "w" it is this run's alone."""
    with (BIN.parent / name).open(mode) as out:
        out.write(f"{title}, {time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())}\n")
        yield out


def reporter(file, request):
    """What writes a line of the test that is under way; pytest shows it too."""
    def write(text):
        print(text)
        print(f"{request.node.name}: {text}", file=file, flush=True)
    return write
