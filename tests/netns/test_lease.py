"""Leases: no virtual address outlives its owner, and none is lost while the owner lives."""
import json

from tests.lab.batond import VIP, configuration
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders


def lifetime(host, address=VIP, interface="eth0"):
    """Seconds that the kernel keeps the address without us; None where it is not there, or for ever."""
    for link in json.loads(host.ip(f"-json address show dev {interface}").stdout):
        for entry in link.get("addr_info", []):
            if entry["local"] == address and "valid_life_time" in entry:
                return entry["valid_life_time"] if entry["valid_life_time"] < 2**32 - 1 else None
    return None


def test_address_of_a_killed_batond_goes_by_itself(lab):
    lb1, lb2 = lab.started_pair()
    lb1.kill()
    lb2.wait_state("active")
    await_holder(lb2, lb1)  # nobody is there to remove it


def test_address_of_a_hung_batond_goes_by_itself(lab):
    lb1, lb2 = lab.started_pair()
    lb1.pause()
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    lb1.unpause()
    eventually(lambda: lb1.counters()["stalls"] == 1, "lb1 sees that it stood still")
    lb1.wait_state("active")  # it preempts
    await_holder(lb1, lb2)


def test_lease_is_renewed_for_as_long_as_batond_lives(lab):
    lb1, lb2 = lab.started_pair()
    assert lb1.instance()["lease_ms"] == 3000 and "Lease of 3s: " in lb1.ctl("why").stdout
    before = lb1.transitions()
    for _ in range(7):
        assert 0 < lifetime(lb1.host) <= 3
        heard(lb2, 10)  # a second
    assert holders(lb1, lb2) == ["lb1"]
    assert lb1.transitions() == before
    assert lb1.counters()["address_repairs"] == 0


def test_lease_follows_the_advert_interval(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=255, advert_interval="1.5s", virtual_mac=True)
    lb1.start().wait_state("active")
    assert 0 < lifetime(lb1.host, interface="vrrp4-51") <= 5


def test_ipv6_address_of_a_killed_batond_goes_by_itself(lab):
    host = lab.host("lb1", "10.0.1.2/24")
    host.enable_ipv6("fe80::2/64")
    lb1 = lab.batond(host, configuration("lb1", address="fe80::100/64", advert_interval="100ms"))
    lb1.start().wait_state("active")
    assert 0 < lifetime(lb1.host, "fe80::100") <= 3
    lb1.kill()
    eventually(lambda: not lb1.host.holds("fe80::100"), "the kernel drops the address")


def test_address_without_a_lease_stays_until_the_next_start(lab):
    lb1, lb2 = lab.started_pair(lease="0s", preempt=False)
    assert lifetime(lb1.host) is None
    lb1.kill()
    lb2.wait_state("active")
    assert holders(lb1, lb2) == ["lb1", "lb2"]
    lb1.start()
    assert holders(lb1, lb2) == ["lb2"]


def test_killed_owner_keeps_what_was_its_own_and_nothing_else(lab):
    config = configuration("lb1", priority=255, advert_interval="100ms")
    config["instances"]["VI_1"]["addresses"].append("10.0.1.2/24")
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config)
    lb1.start().wait_state("active")
    for _ in range(4):
        before = lb1.counters()["adverts_sent"]
        eventually(lambda: lb1.counters()["adverts_sent"] >= before + 10, "a second of adverts")
        assert lb1.host.holds(VIP) and lifetime(lb1.host, "10.0.1.2") is None
    lb1.kill()
    eventually(lambda: not lb1.host.holds(VIP), "the kernel drops what batond had put there")
    assert lb1.host.holds("10.0.1.2")
