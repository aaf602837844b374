"""What the tests of hooks start from: a network of their own, without batond. Exact figures go to hooks-report.txt beside
the folder of the programs."""
import pytest

from tests.lab.mail_pair import MailPair
from tests.lab.network import Network
from tests.lab.report import opened_report, reporter


class Lab:
    def __init__(self, network):
        self.network = network
        self.host = network.add_host


@pytest.fixture
def lab():
    with Network() as network:
        yield Lab(network)


@pytest.fixture
def pair(lab):
    """Two hosts with Postfix that hand their queue to each other."""
    return MailPair(lab)


@pytest.fixture(scope="session")
def report_file():
    with opened_report("hooks-report.txt", "Figures of the shipped hooks") as out:
        yield out


@pytest.fixture
def report(report_file, request):
    """Writes one line."""
    return reporter(report_file, request)
