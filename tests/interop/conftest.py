"""What every test beside another program starts from: a group of two that speak one dialect, watched on the wire.

Each test is run with batond as the higher and as the lower of the two. At its end, whatever it did: there were never
two active at once beyond what the protocol itself allows, and neither found fault with the other's adverts. Who was
active when goes to interop-report.txt beside the folder of the programs.
"""
import pytest

from tests.interop.dialects import FULL
from tests.interop.group import Group
from tests.lab.report import opened_report, reporter


@pytest.fixture(params=FULL, ids=str)
def dialect(request):
    return request.param


@pytest.fixture(params=[101, 100], ids=["baton-higher", "baton-lower"])
def baton_priority(request):
    return request.param


@pytest.fixture
def watched(request, report):
    """Makes a group, and tells its story at the end."""
    groups = []

    def make(*arguments, **settings):
        groups.append(Group(*arguments, **settings))
        request.node.group = groups[-1]
        return groups[-1]
    yield make
    for group in groups:
        try:
            for line in group.told():
                report(line)
        finally:
            group.close()


@pytest.fixture
def make_group(watched, dialect, baton_priority):
    """Makes the group of this dialect and this batond; checks at the end what holds of every group."""
    made = []

    def make(**settings):
        made.append(watched(dialect, baton_priority, **settings))
        return made[-1]
    yield make
    for group in made:
        group.assert_never_two()
        assert group.faults_found() == {}


@pytest.fixture
def group(make_group):
    return make_group()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows who was active when, and what the two logged."""
    outcome = yield
    report = outcome.get_result()
    group = getattr(item, "group", None)
    if not report.failed or group is None or not group.network.directory.exists():
        return
    report.sections.append(("who was active when", "\n".join(group.told())))
    for member in group.members:
        if member.daemon.log.exists():
            tail = member.daemon.log.read_text(errors="replace").splitlines()[-40:]
            report.sections.append((f"log of {member.name}", "\n".join(tail)))


@pytest.fixture(scope="session")
def report_file():
    # ./dev begins it anew, and runs two sessions at once.
    with opened_report("interop-report.txt", "batond beside others") as out:
        yield out


@pytest.fixture
def report(report_file, request):
    """Writes one line."""
    return reporter(report_file, request)
