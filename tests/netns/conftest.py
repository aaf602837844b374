"""What every test on a real kernel starts from: a lab of its own, and a report of exact figures.

Time limits in these tests are wide, because the machine may be busy and the build may be a sanitizer's. The exact
figures go to netns-report.txt (or BATON_REPORT) beside the folder of the programs, and are shown by pytest -rP.
"""
import os
import re

import pytest

from tests.lab.batond import VIP, Batond, configuration
from tests.lab.capture import Capture
from tests.lab.network import Network
from tests.lab.processes import eventually
from tests.lab.report import opened_report, reporter

REPORT = os.environ.get("BATON_REPORT", "netns-report.txt")
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")


class Lab:
    """A network, and the daemons on it. At the end each must stop cleanly and leave nothing behind."""

    def __init__(self):
        self.network = Network()
        self.daemons = []

    def host(self, name, address):
        return self.network.add_host(name, address)

    def batond(self, host, config, label="batond"):
        daemon = Batond(host, config, label)
        self.daemons.append(daemon)
        return daemon

    def node(self, name, address, **settings):
        """A host with a batond of one instance, not started."""
        return self.batond(self.host(name, address), configuration(name, **settings))

    def pair(self, advert_interval="100ms", **settings):
        """lb1 (priority 101) and lb2 (priority 100), not started."""
        return (self.node("lb1", "10.0.1.2/24", priority=101, advert_interval=advert_interval, **settings),
                self.node("lb2", "10.0.1.3/24", priority=100, advert_interval=advert_interval, **settings))

    def started_pair(self, advert_interval="100ms", **settings):
        """The same, with lb1 active and lb2 backup."""
        first, second = self.pair(advert_interval, **settings)
        first.start().wait_state("active")
        second.start().wait_state("backup")
        heard(second, 1)
        return first, second

    def capture(self, bridge="br0", unicast=False):
        return Capture(self.network, bridge, unicast)

    def stop_all(self):
        running = [daemon for daemon in self.daemons if daemon.running()]
        for daemon in running:
            daemon.unpause()
            daemon.terminate()  # a second time, where a test has begun a stop itself: it lets go at once
        statuses = {daemon.host.name: daemon.wait(timeout=30) for daemon in running}
        assert set(statuses.values()) <= {0}, f"exit statuses at the end: {statuses}"
        for daemon in self.daemons:
            if daemon.log.exists():
                found = SANITIZER.search(daemon.log.read_text(errors="replace"))
                assert not found, f"a sanitizer spoke in the log of {daemon.host.name}"


def heard(daemon, count, name="VI_1"):
    """Waits until so many more adverts came in: the way to let protocol time pass."""
    before = daemon.counters(name)["adverts_received"]
    eventually(lambda: daemon.counters(name)["adverts_received"] >= before + count,
               f"{daemon.host.name} hears {count} adverts", timeout=30)


def holders(*daemons, address=VIP, interface="eth0"):
    """The names of the hosts that have the address."""
    return [daemon.host.name for daemon in daemons if daemon.host.holds(address, interface)]


def await_holder(daemon, *others, address=VIP, interface="eth0"):
    """Waits until this host alone has the address."""
    eventually(lambda: holders(daemon, *others, address=address, interface=interface) == [daemon.host.name],
               f"{address} is on {daemon.host.name} alone", timeout=15)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the daemons of its lab logged."""
    outcome = yield
    report = outcome.get_result()
    lab = item.funcargs.get("lab") if hasattr(item, "funcargs") else None
    if not report.failed or lab is None:
        return
    for daemon in lab.daemons:
        if daemon.log.exists():
            tail = daemon.log.read_text(errors="replace").splitlines()[-40:]
            report.sections.append((f"log of {daemon.label} on {daemon.host.name}", "\n".join(tail)))


@pytest.fixture
def lab():
    lab = Lab()
    try:
        yield lab
        lab.stop_all()
    finally:
        lab.network.close()


@pytest.fixture(scope="session")
def report_file():
    with opened_report(REPORT, "Figures of the tests on a real kernel", "w") as out:
        yield out


@pytest.fixture
def report(report_file, request):
    """Writes one line of exact figures."""
    return reporter(report_file, request)
