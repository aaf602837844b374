"""When the active node is gone without a word, the backup takes over in the time RFC 9568 gives."""
import pytest

from tests.lab.batond import VIP
from tests.lab.probes import ArpWatch, PingProbe
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders
from tests.netns.timing import SLACK, active_down_interval, in_seconds, over

ANNOUNCEMENTS = 4  # of a takeover: at once, and after 100 ms, 1 s and 5 s


def priority_of(daemon):
    return daemon.config["instances"]["VI_1"]["priority"]


def address_of(daemon):
    return {"lb1": "10.0.1.2", "lb2": "10.0.1.3"}[daemon.host.name]


@pytest.mark.parametrize("interval, rounds", [("100ms", 7), ("1s", 3)])
def test_takeover_after_kill_is_in_time(lab, report, interval, rounds):
    capture = lab.capture()
    active, backup = lab.started_pair(interval, preempt=False)
    times, due = [], []
    for _ in range(rounds):
        heard(backup, 1)
        active.kill()
        backup.wait_state("active")
        last = capture.adverts(address_of(active))[-1]
        first = eventually(lambda: capture.adverts(address_of(backup), after=last.time), "the successor's advert")[0]
        times.append(first.time - last.time)
        due.append(active_down_interval(priority_of(backup), in_seconds(interval)))
        active.start().wait_state("backup")
        active, backup = backup, active
    report(f"takeover at {interval} adverts, last advert heard to first advert sent: {over(times, due)}")
    for took, at in zip(times, due):
        assert at - 0.002 <= took <= at + SLACK


def test_client_follows_the_address(lab, report):
    client = lab.host("client", "10.0.1.50/24")
    watch = ArpWatch(client, VIP)
    lb1, lb2 = lab.started_pair()
    ping = PingProbe(client, VIP)
    assert watch.mac() == lb1.host.mac()
    # Its own neighbour entry is what decides where a client's packets go.
    lb1.host.partition()
    taken = lb2.wait_state("active")
    eventually(lambda: watch.mac() == lb2.host.mac(), "the client finds the address at lb2")
    # One of its repeats could otherwise come between lb1's adverts and its own yielding, and win the client once more.
    eventually(lambda: lb2.instance()["counters"]["announcements"] == ANNOUNCEMENTS, "lb2 has announced for the last time")
    lb1.host.heal()
    eventually(lambda: watch.mac() == lb1.host.mac(), "the client finds the address at lb1 again")
    await_holder(lb1, lb2)
    assert [move.mac for move in watch.moves()] == [lb1.host.mac(), lb2.host.mac(), lb1.host.mac()]
    lost = ping.stop()
    report(f"partition and back at 100 ms adverts: the client lost {lost['lost']} of {lost['sent']} echo requests; "
           f"the takeover was {taken['reason_code']}")
    assert taken["reason_code"] == "active_down_timer"
    assert 100 <= lost["lost"] < lost["sent"]  # about 360 in one outage; a probe that sees none sees nothing


def test_client_that_was_told_otherwise_finds_the_address_again(lab):
    """As after a cut network is whole again, and the other one yields without a word, as keepalived may."""
    client = lab.host("client", "10.0.1.50/24")
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms", announce={"repeats": [], "refresh": "1s"})
    lb1.start().wait_state("active")
    client.ip(f"neigh replace {VIP} lladdr 02:00:00:00:77:01 dev eth0 nud reachable")
    eventually(lambda: lb1.host.mac() in client.run("ip", "neigh", "show", VIP).stdout, "the client finds lb1")


def test_partition_heals_to_one_active(lab):
    lb1, lb2 = lab.started_pair()
    lb1.host.partition()
    lb2.wait_state("active")
    assert holders(lb1, lb2) == ["lb1", "lb2"]  # nobody can know of the other
    lb1.host.heal()
    moved = lb2.wait_state("backup")
    await_holder(lb1, lb2)
    assert moved["reason_code"] == "higher_priority"
    assert "addresses_released" in [step["what"] for step in moved["steps"]]
    assert lb1.state() == "active"
    eventually(lambda: lb1.counters()["conflicts"] >= 1, "lb1 has learnt that there were two")


def test_three_nodes_one_active(lab):
    # Priorities far apart: their Skew_Times then differ by 150 ms, more than a busy machine is late. Neighbours
    # (0.4 ms at 100 ms adverts) may both become Active for a moment, as the protocol has it.
    nodes = [lab.node(f"lb{i}", f"10.0.1.{1 + i}/24", priority=priority, advert_interval="300ms")
             for i, priority in ((1, 254), (2, 128), (3, 1))]
    for node in nodes:
        node.start()
    while len(nodes) > 1:
        nodes[0].wait_state("active")
        await_holder(*nodes)
        assert [node.state() for node in nodes[1:]] == ["backup"] * (len(nodes) - 1)
        nodes.pop(0).kill()
    nodes[0].wait_state("active")
    await_holder(*nodes)
    assert nodes[0].counters()["became_active"] == 1  # never in between
