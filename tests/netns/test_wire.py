"""Adverts on the wire: what baton sends, read by tshark. What it refuses is in test_injection.py."""
from tests.lab.batond import VIP
from tests.lab.processes import eventually
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
