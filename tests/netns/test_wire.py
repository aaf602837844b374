"""Adverts on the wire: what baton sends, read by tshark; what it refuses, made by scapy."""
import pytest
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether
from scapy.layers.vrrp import VRRPv3

from tests.lab.batond import VIP
from tests.lab.processes import eventually, program
from tests.netns.conftest import heard

GROUP = "224.0.0.18"
GROUP_MAC = "01:00:5e:00:00:12"
FIELDS = ("eth.dst", "ip.dst", "ip.ttl", "ip.checksum.status", "vrrp.version", "vrrp.type", "vrrp.virt_rtr_id",
          "vrrp.checksum.status", "vrrp.ip_addr")
GOOD = [GROUP_MAC, GROUP, "255", "1", "3", "1", "51", "1", VIP]


def assert_all_good(capture, *preferences):
    """No advert that tshark finds malformed, badly summed or worth a remark."""
    rows = capture.tshark("vrrp", *FIELDS, preferences=preferences)
    assert len(rows) >= 10
    assert [row for row in rows if row != GOOD] == []
    assert capture.tshark("_ws.malformed || (vrrp && _ws.expert)", "frame.number", preferences=preferences) == []


def test_tshark_finds_no_fault_in_a_takeover_and_back(lab, report):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    heard(lb2, 5)
    assert lb1.stop() == 0
    lb2.wait_state("active")
    lb1.start().wait_state("active")
    heard(lb2, 5)
    lb1.kill()
    lb2.wait_state("active")
    assert {0, 100, 101} == {advert.priority for advert in capture.adverts()}
    assert_all_good(capture)
    arps = capture.tshark("arp.isgratuitous", "eth.dst", "eth.src", "arp.src.hw_mac", "arp.src.proto_ipv4")
    assert len(arps) >= 4
    assert {tuple(row) for row in arps} == {("ff:ff:ff:ff:ff:ff", host.mac(), host.mac(), VIP)
                                            for host in (lb1.host, lb2.host)}
    report(f"tshark: {len(capture.adverts())} adverts and {len(arps)} gratuitous ARPs, none malformed or badly summed")


def test_tshark_takes_the_form_without_pseudo_header(lab):
    capture = lab.capture()
    lab.node("lb1", "10.0.1.2/24", advert_interval="100ms", checksum="rfc9568").start().wait_state("active")
    eventually(lambda: len(capture.adverts()) >= 10, "ten adverts")
    assert_all_good(capture, "vrrp.v3_checksum_as_in_v2:TRUE")


def advert(source="10.0.1.9", destination=GROUP, ttl=255, mac=GROUP_MAC, **fields):
    """A correct advert of priority 1 to VRID 51, but for what is given."""
    message = VRRPv3(**{"version": 3, "type": 1, "vrid": 51, "priority": 1, "ipcount": 1, "adv": 4000,
                        "addrlist": [VIP], **fields})
    return Ether(src="02:00:00:00:00:09", dst=mac) / IP(src=source, dst=destination, ttl=ttl, proto=112) / message


def cut_to(octets, frame):
    """The same with a shorter VRRP message, in a datagram of the right length."""
    datagram = frame[IP].copy()
    message = bytes(datagram.payload)[:octets]
    datagram.remove_payload()
    return Ether(src=frame.src, dst=frame.dst) / datagram / message


REJECTS = {
    "hop_limit": lambda lb: advert(ttl=254),
    "too_short": lambda lb: cut_to(7, advert()),
    "version": lambda lb: advert(version=2),
    "type": lambda lb: advert(type=2),
    "length": lambda lb: cut_to(11, advert()),
    "checksum": lambda lb: advert(chksum=0xBEEF),
    "count_zero": lambda lb: advert(ipcount=0, addrlist=[]),
    "interval_zero": lambda lb: advert(adv=0),
    "own_source": lambda lb: advert(source="10.0.1.2"),
    "destination": lambda lb: advert(destination="10.0.1.2", mac=lb.host.mac()),
    "unknown_vrid": lambda lb: advert(vrid=52),
}


@pytest.fixture
def quiet_active(lab):
    """An owner with adverts every 40 s: active at once, and its counters stand still by themselves."""
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=255, advert_interval="40s")
    # Without this the kernel itself drops what claims to come from our own address.
    lb1.host.sysctl("ipv4/conf/all/accept_local", 1)
    lb1.start().wait_state("active")
    yield lb1
    lb1.terminate()  # and once more by the lab: its handover would last 80 s
    eventually(lambda: lb1.instance()["handing_over"], "lb1 hands over")


def all_counters(daemon):
    """Of the instance and of the node, but for announcements: those repeat for 5 s."""
    status = daemon.status()
    counters = {**status["instances"][0]["counters"]}
    counters.pop("announcements")
    for name, count in status["counters"].items():
        counters[f"node {name}"] = count
    return counters


def send(attacker, *frames):
    attacker.run(*program("send_frames", "eth0"), stdin="\n".join(bytes(frame).hex() for frame in frames))


@pytest.mark.parametrize("reason", REJECTS)
def test_bad_advert_moves_its_counter_alone(lab, quiet_active, reason):
    attacker = lab.host("attacker", "10.0.1.9/24")
    lb1 = quiet_active
    before, transitions = all_counters(lb1), lb1.transitions()
    bad = REJECTS[reason](lb1)
    send(attacker, bad, bad)

    def moved():
        now = all_counters(lb1)
        return {name: now[name] - count for name, count in before.items() if now[name] != count}
    difference = eventually(lambda: sum(moved().values()) >= 2 and moved(), f"a counter moves for {reason}")
    assert list(difference.values()) == [2]
    assert list(difference)[0].removeprefix("node ") == f"rejected_{reason}"
    assert lb1.transitions() == transitions


def test_good_advert_is_taken(lab, quiet_active):
    """The one all bad ones are made from: without it they might be refused for another reason."""
    attacker = lab.host("attacker", "10.0.1.9/24")
    before = quiet_active.counters()
    send(attacker, advert())
    eventually(lambda: quiet_active.counters()["adverts_received"] == before["adverts_received"] + 1, "it is taken")
    assert quiet_active.counters()["adverts_sent"] == before["adverts_sent"] + 1  # a lesser one is answered at once
    assert quiet_active.state() == "active"


def test_storm_of_bad_adverts_moves_nothing(lab):
    lb1, lb2 = lab.started_pair()
    attacker = lab.host("attacker", "10.0.1.9/24")
    before = lb1.transitions(), lb2.transitions()
    bad = [make(lb1) for reason, make in REJECTS.items() if reason != "own_source"]
    send(attacker, *(bad * 200))
    heard(lb2, 5)
    assert lb2.counters()["rejected_hop_limit"] == 200
    assert (lb1.transitions(), lb2.transitions()) == before
