"""Who becomes active: priority, preemption, address as the tie-break, owner (RFC 9568 sections 6.1 and 6.4)."""
from tests.lab.batond import VIP, seconds
from tests.lab.probes import ArpWatch, PingProbe
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders
from tests.netns.timing import SLACK


def start_lower_first(lab, **settings):
    lb1, lb2 = lab.pair(**settings)
    lb2.start().wait_state("active")
    lb1.start()
    return lb1, lb2


def test_higher_priority_preempts(lab):
    lb1, lb2 = start_lower_first(lab)
    yielded = lb2.wait_state("backup")
    assert yielded["reason_code"] == "higher_priority"
    assert "10.0.1.2" in yielded["reason"]
    await_holder(lb1, lb2)
    assert lb1.state() == "active"
    assert lb2.instance()["active_router"] == "10.0.1.2"


def test_whoever_preempts_shows_whom(lab):
    lb1, _ = start_lower_first(lab, advert_interval="1s")

    def shown():
        told = lb1.get("/v1/why/VI_1")[1]
        return told if told["instance"]["preempting"] else None
    told = eventually(shown, "the lower one is heard before it is preempted")
    assert told["instance"]["active_router"] == "10.0.1.3" and told["instance"]["active_router_priority"] == 100
    line = next(line for line in told["text"] if line.startswith("Active router: "))
    assert line.startswith("Active router: 10.0.1.3, priority 100, heard ") and "which preempts it" in line
    lb1.wait_state("active")
    assert not lb1.instance()["preempting"]


def test_preempt_delay_is_told_while_it_lasts(lab):
    lb1, _ = start_lower_first(lab, preempt_delay="2s")
    lb1.wait_state("backup")
    heard(lb1, 1)
    told = lb1.get("/v1/why/VI_1")[1]
    until = told["instance"]["preempts_from"]
    assert any(line.startswith(f"Waits to preempt (preempt_delay): until {until} (")
               and line.endswith(" 10.0.1.3, which is lower, is left alone") for line in told["text"]), told["text"]
    begun = seconds(lb1.transitions()[0]["at"])
    assert abs(seconds(until) - begun - 2) < SLACK
    assert seconds(lb1.wait_state("active")["at"]) >= seconds(until)
    assert lb1.instance()["preempts_from"] is None


def test_without_preempt_the_lower_stays(lab):
    lb1, lb2 = start_lower_first(lab, preempt=False)
    lb1.wait_state("backup")
    heard(lb1, 10)
    assert (lb1.state(), lb2.state()) == ("backup", "active")
    assert holders(lb1, lb2) == ["lb2"]
    lb2.kill()
    assert lb1.wait_state("active")["reason_code"] == "active_down_timer"


def test_tie_goes_to_the_greater_address(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=100, advert_interval="100ms")
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms")
    lb1.host.partition()
    for node in (lb1, lb2):
        node.start()
    for node in (lb1, lb2):
        node.wait_state("active")
    lb1.host.heal()
    assert lb1.wait_state("backup")["reason_code"] == "tie_lost"
    await_holder(lb2, lb1)
    assert lb2.state() == "active"


def test_owner_takes_over_at_once_whatever_preempt_says(lab):
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=254, advert_interval="100ms").start()
    lb2.wait_state("active")
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=255, preempt=False, advert_interval="100ms").start()
    assert lb1.wait_state("active")["reason_code"] == "owner_startup"
    lb2.wait_state("backup")
    await_holder(lb1, lb2)


def test_owner_keeps_its_own_address(lab):
    own = "10.0.1.2/24"
    lb1 = lab.host("lb1", own)
    config = {"node": "lb1", "instances": {"VI_1": {
        "interface": "eth0", "vrid": 51, "priority": 255, "advert_interval": "100ms", "addresses": [own]}}}
    owner = lab.batond(lb1, config).start()
    owner.wait_state("active")
    assert owner.stop() == 0
    assert lb1.addresses() == [own]


def test_owner_without_another_address_is_heard(lab):
    # Its adverts come from the address that its peer holds: a martian source to the peer's kernel.
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms").start()
    lb2.wait_state("active")
    lb1 = lab.node("lb1", f"{VIP}/24", priority=255, advert_interval="100ms").start()
    lb1.wait_state("active")
    yielded = lb2.wait_state("backup")
    assert yielded["reason_code"] == "higher_priority"
    assert VIP in yielded["reason"]
    await_holder(lb1, lb2)
    heard(lb2, 10)
    assert (lb1.state(), lb2.state()) == ("active", "backup")
    assert lb2.instance()["active_router"] == VIP
    lb1.stop()
    lb2.wait_state("active")
    assert lb1.host.addresses() == [f"{VIP}/24"]


def test_winner_of_a_conflict_is_found_by_the_client(lab):
    # The loser hears the winner first, and the winner's own announcements are long over: unless it is told of
    # the conflict it never learns that the link was told otherwise.
    client = lab.host("client", "10.0.1.50/24")
    capture = lab.capture()
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=101, advert_interval="100ms").start()
    lb1.wait_state("active")
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="1s").start()
    watch = ArpWatch(client, VIP)
    PingProbe(client, VIP)
    eventually(lambda: lb1.counters()["announcements"] >= 4, "lb1 has announced for the last time")
    lb1.host.partition()
    lb2.wait_state("active")
    eventually(lambda: watch.mac() == lb2.host.mac(), "the client finds the address at lb2")
    seen = len(capture.adverts("10.0.1.3"))
    eventually(lambda: len(capture.adverts("10.0.1.3")) > seen, "lb2 has just sent an advert")
    lb1.host.heal()
    lb2.wait_state("backup")
    eventually(lambda: watch.mac() == lb1.host.mac(), "the client finds the address at lb1 again", timeout=3)
