"""Another host says that a virtual address is its own: told, counted, shown, and nothing moves."""
import time
from datetime import datetime

import pytest
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6NDOptDstLLAddr, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether

from tests.lab.adverts import send
from tests.lab.processes import eventually
from tests.netns.conftest import heard

STRANGER = "02:00:00:00:00:77"
WHO_HAS, IS_AT = 1, 2


def arp(address, operation=WHO_HAS, mac=STRANGER, to="ff:ff:ff:ff:ff:ff"):
    return Ether(src=mac, dst=to) / ARP(op=operation, hwsrc=mac, psrc=address, hwdst=mac, pdst=address)


def advertisement(address, mac=STRANGER):
    return (Ether(src=mac, dst="33:33:00:00:00:01") / IPv6(src=address, dst="ff02::1", hlim=255) /
            ICMPv6ND_NA(R=1, S=0, O=1, tgt=address) / ICMPv6NDOptDstLLAddr(lladdr=mac))


def claims(node):
    return node.instance()["counters"]["address_claims"]


def told(node):
    return node.events("address_claimed")


def settled(node):
    """For a second after a takeover whoever was active before may still answer."""
    since = datetime.fromisoformat(node.instance()["since"].replace("Z", "+00:00")).timestamp()
    eventually(lambda: time.time() - since > 1.1, "it has been active for a second")


@pytest.mark.parametrize("virtual_mac", [False, True])
def test_claim_is_told_once_and_counted_and_nothing_moves(lab, virtual_mac):
    attacker = lab.host("mallory", "10.0.1.66/24")
    lb1, lb2 = lab.started_pair(virtual_mac=virtual_mac)
    settled(lb1)
    assert claims(lb1) == 0  # its own announcements, and those of a Backup, are none
    send(attacker, *[arp("10.0.1.100")] * 25, *[arp("10.0.1.100", IS_AT, to=lb1.host.mac())] * 25,
         arp("10.0.1.101"), arp("10.0.1.66"))
    eventually(lambda: claims(lb1) == 50, "all 50 claims are counted, and the two of other addresses are not")
    event, = told(lb1)
    assert event["level"] == "warning" and event["mac"] == STRANGER and event["source"] == "10.0.1.100"
    assert event["instance"] == "VI_1" and event["interface"] == "eth0"
    assert "find out whose MAC address that is" in event["message"]
    shown = lb1.instance()["last_claim"]
    assert shown["address"] == "10.0.1.100" and shown["mac"] == STRANGER
    assert f"Address conflict: another host, {STRANGER}, said that it has 10.0.1.100 while this node held it" in lb1.ctl(
        "why", "VI_1").stdout
    heard(lb2, 3)
    assert lb1.state() == "active" and lb2.state() == "backup"
    assert claims(lb2) == 0 and not told(lb2)


def test_claim_in_a_vlan_that_the_host_has_no_part_in_is_none(lab):
    attacker = lab.host("mallory", "10.0.1.66/24")
    node = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
    node.start().wait_state("active")
    settled(node)
    tagged = Ether(src=STRANGER, dst="ff:ff:ff:ff:ff:ff") / Dot1Q(vlan=10) / arp("10.0.1.100")[ARP]
    send(attacker, tagged, tagged, arp("10.0.1.100"))
    eventually(lambda: claims(node) == 1, "the untagged one is counted")
    assert len(told(node)) == 1


def test_takeovers_are_no_conflicts(lab):
    """The one that yields answers ARP until it has let go."""
    lb1, lb2 = lab.started_pair(addresses=[f"10.0.1.{last}/24" for last in range(100, 150)])
    for priority, winner in ((50, lb2), (150, lb1), (50, lb2), (150, lb1)):
        lb1.config["instances"]["VI_1"]["priority"] = priority
        lb1.write_config()
        lb1.ctl("reload")
        winner.wait_state("active")
        settled(winner)
    assert (claims(lb1), claims(lb2)) == (0, 0)


def test_claim_of_an_ipv6_address(lab):
    attacker = lab.host("mallory", "10.0.1.66/24")
    node = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms", addresses=["fe80::100/64", "2001:db8::100/64"])
    node.host.enable_ipv6("fe80::2/64")
    node.start().wait_state("active")
    settled(node)
    send(attacker, advertisement("fe80::100"), advertisement("2001:db8::100"), advertisement("2001:db8::9"))
    eventually(lambda: claims(node) == 2, "both claims are counted")
    assert {one["source"] for one in told(node)} == {"fe80::100", "2001:db8::100"}


def test_real_host_with_the_same_address_is_told(lab):
    """The kernel of another host announces the address that somebody gave it."""
    node = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms").start()
    node.wait_state("active")
    settled(node)
    other = lab.host("forgotten", "10.0.1.9/24")
    other.ip("address add 10.0.1.100/24 dev eth0")
    assert node.host.run("ping", "-c", "1", "-W", "2", "10.0.1.9").returncode == 0
    # Asks in the name of that address; nobody answers.
    other.run("ping", "-c", "1", "-W", "1", "-I", "10.0.1.100", "10.0.1.77", check=False)
    eventually(lambda: told(node), "the claim is told")
    assert told(node)[0]["mac"] == other.mac()


def test_claims_on_another_interface_and_after_it_was_made_again(lab):
    node = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms", excluded_addresses=[
        {"address": "192.0.2.9/24", "interface": "eth1"}])
    attacker = lab.host("mallory", "10.0.1.66/24")
    lab.network.add_bridge("br1")
    for number, host in ((2, node.host), (66, attacker)):
        lab.network.connect(host, "eth1", f"10.0.2.{number}/24", bridge="br1")
    node.start().wait_state("active")
    settled(node)
    send(attacker, arp("192.0.2.9"))  # on the wrong link
    send(attacker, arp("192.0.2.9"), interface="eth1")
    eventually(lambda: claims(node) == 1, "the claim on eth1 is counted")
    node.host.ip("link delete eth1")
    node.wait_state("fault")
    lab.network.connect(node.host, "eth1", "10.0.2.2/24", bridge="br1")
    node.wait_state("active")
    settled(node)
    send(attacker, arp("192.0.2.9"), interface="eth1")
    eventually(lambda: claims(node) == 2, "that on the new one is counted too")
