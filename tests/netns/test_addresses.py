"""The virtual address on the interface: put back, contested, in the way, left behind."""
import time

from tests.lab.batond import VIP
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders


def delete_address(daemon):
    daemon.host.ip(f"address delete {VIP}/24 dev eth0")


def test_deleted_address_comes_back_without_a_transition(lab, report):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    before = lb1.transitions(), lb2.transitions()
    deleted = time.time()
    delete_address(lb1)
    repaired = eventually(lambda: lb1.events("address_repaired"), "lb1 puts the address back")[0]
    assert lb1.host.holds(VIP)
    announced = eventually(lambda: capture.announcements(VIP, after=deleted), "lb1 announces it again")[0]
    report(f"address deleted by hand: put back {repaired['took_ms']} ms after batond saw it gone, announced "
           f"{1000 * (announced.time - deleted):.1f} ms after `ip address delete` was started")
    heard(lb2, 10)
    assert (lb1.transitions(), lb2.transitions()) == before
    assert lb1.counters()["address_repairs"] == 1


def test_replaced_address_is_taken_back_and_given_up_at_the_end(lab):
    # `ip address replace` takes the mark away, without which the address would be a stranger's at the end.
    lb1, lb2 = lab.started_pair()
    lb1.host.ip(f"address replace {VIP}/24 dev eth0")
    eventually(lambda: lb1.counters()["address_repairs"] == 1, "lb1 takes the address back")
    assert lb1.stop() == 0
    await_holder(lb2, lb1)


def test_address_deleted_again_and_again_is_a_fault(lab):
    lb1, lb2 = lab.started_pair()
    for _ in range(20):
        if lb1.state() == "fault":
            break
        eventually(lambda: lb1.host.holds(VIP) or lb1.state() == "fault", "the address is back, or given up")
        lb1.host.ip(f"address delete {VIP}/24 dev eth0", check=False)
    assert [fault["name"] for fault in lb1.instance()["faults"]] == ["address_contested"]
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    lb1.wait_state("active")  # it tries again when it has waited a while
    await_holder(lb1, lb2)


def test_foreign_address_in_the_way_is_a_fault_and_stays(lab):
    capture = lab.capture()
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
    lb1.host.ip(f"address add {VIP}/24 dev eth0")
    lb1.start().wait_state("fault")
    assert [fault["name"] for fault in lb1.instance()["faults"]] == ["address_not_held"]
    assert lb1.stop() == 0
    assert capture.adverts() == []  # nobody was told of a takeover that never was
    assert lb1.host.addresses() == ["10.0.1.2/24", f"{VIP}/24"]


def test_foreign_address_on_a_backup_is_told_before_it_is_in_the_way(lab):
    """It answers for it beside the Active router, as where keepalived was killed before batond took its place."""
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=101).start()
    lb1.wait_state("active")
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100)
    lb2.host.ip(f"address add {VIP}/24 dev eth0")
    lb2.start().wait_state("backup")
    told, = eventually(lambda: lb2.events("foreign_address"), "it is told")
    assert told["level"] == "warning" and VIP in told["message"]
    assert f"promote_secondaries=1; ip address del {VIP}/24 dev eth0) and whatever configures it" in lb2.ctl("why", "VI_1").stdout
    delete_address(lb2)
    eventually(lambda: lb2.instance()["foreign_addresses"] == [], "it is gone")


def test_fault_ends_when_the_foreign_address_goes(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
    lb1.host.ip(f"address add {VIP}/24 dev eth0")
    lb1.start().wait_state("fault")
    delete_address(lb1)
    lb1.wait_state("active")
    assert lb1.host.holds(VIP)


def test_restart_after_kill_removes_what_was_left(lab):
    lb1, lb2 = lab.started_pair(preempt=False, lease="0s")
    lb1.host.ip("address add 10.0.1.77/24 dev eth0")
    lb1.kill()
    lb2.wait_state("active")
    assert holders(lb1, lb2) == ["lb1", "lb2"]  # nobody is there to remove it, nor does the kernel
    lb1.start()
    assert holders(lb1, lb2) == ["lb2"]
    heard(lb1, 5)
    assert lb1.state() == "backup"
    assert lb1.host.addresses() == ["10.0.1.2/24", "10.0.1.77/24"]  # not ours, not touched
