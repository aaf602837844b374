"""What happens to a pair of load balancers, with batond as either of the two and another program as the other."""
import pytest

from tests.interop.dialects import FULL, SHORT, SHORTEST
from tests.lab.processes import eventually
from tests.netns.timing import SLACK


@pytest.mark.parametrize("dialect", FULL + SHORT, ids=str)
def test_the_active_one_dies_and_returns(group, report):
    group.both_started()
    group.higher.die()
    report(group.take_over_in_time(group.higher, group.lower, resigned=False))
    group.higher.revive()
    group.settled(group.higher)


@pytest.mark.parametrize("dialect", FULL + SHORT + SHORTEST, ids=str)
def test_the_lower_one_starts_first(group, report):
    group.lower.start()
    group.settled(group.lower)
    group.higher.start()
    group.settled(group.higher)
    group.higher.stop()
    report(group.take_over_in_time(group.higher, group.lower, resigned=True))
    group.higher.start()
    group.settled(group.higher)


def test_without_preemption_the_lower_one_stays(make_group, report):
    group = make_group(preempt=False)
    group.lower.start()
    group.settled(group.lower)
    group.higher.start()
    group.settled(group.lower)
    group.lower.stop()
    report(group.take_over_in_time(group.lower, group.higher, resigned=True))
    group.lower.start()
    group.settled(group.higher)
    group.higher.die()
    report(group.take_over_in_time(group.higher, group.lower, resigned=False))


def test_the_backup_stops_and_dies_in_silence(group):
    group.both_started()
    group.lower.stop()
    group.settled(group.higher)
    group.lower.start()
    group.settled(group.higher)
    group.lower.die()
    group.settled(group.higher)
    assert group.adverts_of(group.lower) == []


def test_the_cable_of_the_active_one_is_pulled_and_plugged_in(group):
    group.both_started()
    group.higher.cut()
    group.settled(group.lower)
    # FRR does not see that its cable is pulled, and goes on when it is back: to the link, a partition that heals.
    group.allowed_contest = group.interval + SLACK
    group.higher.restore()
    group.settled(group.higher, announced=group.higher.daemon.announces_again)


def test_a_partition_heals_to_one_active(group):
    group.both_started()
    group.higher.partition()
    eventually(lambda: len(group.holders()) == 2, "nobody can know of the other", 30)
    # Until the next advert nobody can tell that the partition is over.
    group.allowed_contest = group.interval + SLACK
    group.higher.heal()
    group.settled(group.higher, announced=group.higher.daemon.announces_again)


def test_two_active_are_seen(watched, dialect):
    """The other programs refuse adverts whose checksum leaves the pseudo-header out (decision 005). This proves that
    the checks of all these tests are not blind."""
    group = watched(dialect, 101, checksum="rfc9568")
    group.higher.start()
    group.await_active(group.higher)
    group.lower.start()
    eventually(lambda: len(group.holders()) == 2, "both hold the address", 30)
    eventually(lambda: [one for one in group.contests() if one.seconds > group.interval + SLACK],
               "both send adverts", 30)
    with pytest.raises(AssertionError, match="both sent adverts"):
        group.assert_never_two()
