"""batond takes the place of another program, one node after the other."""
import pytest

from tests.interop.dialects import V2_PASS


@pytest.mark.parametrize("dialect", [V2_PASS], ids=str)
def test_a_pair_of_keepalived_becomes_a_pair_of_batond(watched, dialect, report):
    """VRRPv2 with a password, VRID 51, 10.0.1.100: first the backup is replaced, then the active one."""
    group = watched(dialect, None)
    active, backup = group.members
    group.both_started()
    keepalived = active.name

    backup.stop()
    group.replace_with_baton(backup)
    group.settled(active)
    assert group.faults_found() == {}
    assert {span.source for span in group.spans()} == {active.address}

    active.stop()
    report(group.take_over_in_time(active, backup, resigned=True))
    group.replace_with_baton(active)
    group.settled(active)
    assert group.faults_found() == {}

    story = [(span.source, span.resigned is not None) for span in group.spans()]
    assert story == [(active.address, True), (backup.address, False), (active.address, False)]
    assert [active.name_at(span.first) for span in group.spans() if span.source == active.address] == [
        keepalived, active.name]
    group.assert_never_two()
