"""What the tests of hooks start from: a network of their own, without batond. Exact figures go to hooks-report.txt beside
the folder of the programs."""
import time

import pytest

from tests.lab.batond import BIN
from tests.lab.network import Network

REPORT = BIN.parent / "hooks-report.txt"


class Lab:
    def __init__(self, network):
        self.network = network
        self.host = network.add_host


@pytest.fixture
def lab():
    with Network() as network:
        yield Lab(network)


@pytest.fixture(scope="session")
def report_file():
    with REPORT.open("a") as out:  # runs side by side add to it
        out.write(f"Figures of the shipped hooks, {time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())}\n")
        yield out


@pytest.fixture
def report(report_file, request):
    """Writes one line."""
    def write(text):
        print(text)
        print(f"{request.node.name}: {text}", file=report_file, flush=True)
    return write
