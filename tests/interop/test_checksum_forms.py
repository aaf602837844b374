"""A router that sums its adverts as RFC 9568 says comes to a pair of batond and keepalived, and goes again.

keepalived takes no such advert (decision 005). As Master it all but stops to advertise while it hears some: what its
first advert leads to must be enough for the two to be one router again.
"""
import dataclasses

import pytest

from tests.interop.dialects import FULL
from tests.interop.group import WAIT, Member
from tests.lab import adverts
from tests.lab.capture import vrrp_message
from tests.lab.processes import eventually
from tests.netns.timing import SLACK

KEEPALIVED = dataclasses.replace(FULL[0], interval=1.0)


@pytest.fixture
def group(watched):
    group = watched(KEEPALIVED, 101)
    group.both_started()
    return group


def strict_router(group, priority):
    """A third node, 10.0.1.9."""
    daemon = group._baton(group._host("gamma", 9), 9, priority)
    daemon.config["instances"]["VI_1"]["checksum"] = "rfc9568"
    daemon.write_config()
    group.members += Member(daemon, 9, priority, group.dialect.addresses),
    return group.members[-1]


def await_adverts(group, count):
    spoken = len(group.adverts_of(group.higher))
    eventually(lambda: len(group.adverts_of(group.higher)) >= spoken + count, "batond advertises", 5 * WAIT)


def messages(group, since):
    """(time, sender, whether keepalived takes it)"""
    for time, frame in group.capture.frames():
        sender, message = vrrp_message(frame)
        if sender and time > since and message[2]:
            yield time, sender, adverts.internet_checksum(message) != 0


def assert_one_router_again(group, report, since):
    """keepalived may take over twice: told at once, it yields; and again when it has heard nothing more."""
    await_adverts(group, 15)
    heard = list(messages(group, since))
    spoken = [time for time, sender, _ in heard if sender == group.lower.address]
    told = [time for time, sender, taken in heard if sender == group.higher.address and taken]
    report(f"keepalived spoke {len(spoken)} times after the strict router")
    assert len(spoken) <= 2
    for time in spoken:
        assert any(time <= answer <= time + SLACK for answer in told)
    group.settled(group.higher)


@pytest.mark.parametrize("unheard", [False, True], ids=["short", "long"])
def test_strict_router_was_active_for_a_time(group, report, unheard):
    third = strict_router(group, 102)
    third.start()
    eventually(lambda: third.daemon.state() == "active", "it is active", WAIT)
    eventually(lambda: len(group.adverts_of(third)) >= 2, "its form is known", WAIT)
    if unheard:
        eventually(lambda: group.lower.daemon.holds(group.dialect.address), "keepalived hears nobody", WAIT)
    third.stop()
    eventually(lambda: group.higher.daemon.state() == "active", "batond takes over", WAIT)
    assert_one_router_again(group, report, group.adverts_of(third)[-1].time)


def test_strict_router_of_a_lower_priority_spoke_a_few_times(group, report):
    third = strict_router(group, 50)  # batond is not needed for that
    advert = adverts.Advert(source="10.0.1.9", priority=50, interval=100)
    strict = advert.but(checksum=adverts.internet_checksum(advert.message())).frame()
    for _ in range(5):
        await_adverts(group, 2)  # one is the answer
        adverts.send(third.host, strict)
    assert_one_router_again(group, report, group.adverts_of(third)[-1].time)
