"""What the link is told of the virtual router by ARP, Neighbor Discovery and MLD: the virtual MAC address, by the Active
router alone (RFC 9568 sections 6.4, 7.4, 8.1.2 and 8.2.2; RFC 4861; RFC 3810).
"""
import json

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether

from tests.lab.batond import VIP
from tests.lab.processes import eventually, program
from tests.netns.conftest import heard
from tests.netns.test_protocols import FORMS, GLOBAL6, VIP6, node
from tests.netns.test_virtual_mac import HOLDER, VMAC

SOLICITED_NODE = "ff02::1:ff00:100"  # of both virtual IPv6 addresses
FAMILIES = ["v3 ipv4", "v3 ipv6"]


def client_of(lab, form):
    client = lab.host("client", "10.0.1.50/24")
    if form.ipv6:
        client.enable_ipv6("fe80::50/64", "2001:db8::50/64")
    return client


def ping(host, address, *options):
    """One echo request, and before it the question for the MAC address if it is not known."""
    host.run("ping", "-n", "-c", "1", "-W", "1", *options, address, check=False)


def test_active_router_speaks_as_the_virtual_router(lab):
    """IPv6: what it advertises, reports and solicits."""
    capture = lab.capture(unicast=True)
    client = client_of(lab, FORMS["v3 ipv6"])
    lb1 = node(lab, FORMS["v3 ipv6"], 2, 101, virtual_mac=True)
    lb1.start().wait_state("active")
    vmac, holder = VMAC["v3 ipv6"], HOLDER["v3 ipv6"]
    ping(client, f"{VIP6}%eth0")
    ping(client, GLOBAL6)
    client.ip("neigh flush all")
    lb1.host.ip("neigh flush all")
    ping(lb1.host, "2001:db8::50", "-I", holder)
    eventually(lambda: (vmac, SOLICITED_NODE) in reported_groups(capture), "lb1 reports its group by MLD")
    assert {mac for mac, group in reported_groups(capture) if group == SOLICITED_NODE} == {vmac}
    # R, S, O; asked by the client, and of its own accord.
    rows = capture.tshark(f"icmpv6.nd.na.target_address in {{{VIP6}, {GLOBAL6}}}", "icmpv6.nd.na.flag.s",
                          "icmpv6.nd.na.target_address", "eth.src", "icmpv6.opt.linkaddr", "icmpv6.nd.na.flag.r",
                          "icmpv6.nd.na.flag.o", "ipv6.hlim")
    told = {(solicited, target) for solicited, target, *_ in rows}
    assert told == {("0", VIP6), ("0", GLOBAL6), ("1", VIP6), ("1", GLOBAL6)}
    assert {tuple(rest) for _, _, *rest in rows} == {(vmac, vmac, "1", "1", "255")}
    rows = capture.tshark("icmpv6.nd.na.flag.s == 0", "eth.src", "ipv6.dst", "eth.dst")
    assert [row for row in rows if row[0] == vmac] and \
        {tuple(row) for row in rows if row[0] == vmac} == {(vmac, "ff02::1", "33:33:00:00:00:01")}
    rows = capture.tshark(f"icmpv6.type == 135 && ipv6.src in {{{VIP6}, {GLOBAL6}}}", "eth.src", "icmpv6.opt.linkaddr")
    assert rows and {tuple(row) for row in rows} == {(vmac, vmac)}
    # No address but the configured ones: none made from the virtual MAC address (section 7.4).
    assert sorted(lb1.host.addresses(holder, 6)) == [f"{GLOBAL6}/64", f"{VIP6}/64"]
    assert lb1.host.addresses(holder, 4) == []


def reported_groups(capture):
    """{(MAC address, group)} of MLD version 2 reports."""
    return {(mac, group) for mac, groups in capture.tshark("icmpv6.type == 143", "eth.src",
                                                           "icmpv6.mldr.mar.multicast_address")
            for group in groups.split(",")}


def test_gratuitous_arp_says_the_virtual_mac_twice(lab):
    """Section 6.4.1 with errata 7947 and 7949."""
    capture = lab.capture()
    lb1 = node(lab, FORMS["v3 ipv4"], 2, 101, virtual_mac=True, addresses=[f"{VIP}/24", "10.0.1.101/24"])
    lb1.start().wait_state("active")
    vmac, holder = VMAC["v3 ipv4"], HOLDER["v3 ipv4"]

    def first_volley():
        return capture.tshark(f"arp && eth.src == {vmac}", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "arp.opcode",
                              "arp.src.hw_mac", "arp.dst.hw_mac", "eth.dst")[:2]
    eventually(lambda: len(first_volley()) == 2, "both addresses are announced")
    assert first_volley() == [[vip, vip, "1", vmac, vmac, "ff:ff:ff:ff:ff:ff"] for vip in (VIP, "10.0.1.101")]
    assert sorted(lb1.host.addresses(holder, 4)) == [f"{VIP}/24", "10.0.1.101/24"]
    assert lb1.host.addresses(holder, 6) == []


def said_to_have(capture, address):
    """The MAC addresses that anybody told, or asked under, for this address."""
    found = set()
    for _, octets in capture.frames():
        frame = Ether(octets)
        message = frame.payload.payload
        if ARP in frame and frame[ARP].psrc == address:
            found |= {frame.src, frame[ARP].hwsrc}
        elif isinstance(message, ICMPv6ND_NA) and message.tgt == address:
            found |= {frame.src, message.payload.lladdr}
        elif isinstance(message, ICMPv6ND_NS) and frame[IPv6].src == address:
            found |= {frame.src, message.payload.lladdr}
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_restart_of_an_owner_tells_no_physical_mac(lab, name):
    """Sections 8.1.2 and 8.2.2, with a client that never ceases to ask: after a clean stop, and after a kill."""
    form, vip = FORMS[name], GLOBAL6 if FORMS[name].ipv6 else VIP
    capture = lab.capture(unicast=True)
    client = client_of(lab, form)
    lb1 = node(lab, form, 2, 255, virtual_mac=True)
    client.spawn("asking", ["sh", "-c", f"while :; do ip neigh flush to {vip}; ping -n -c 1 -W 0.05 {vip}; done"])
    lb1.start().wait_state("active")
    for end in (lb1.kill, lb1.stop):
        end()
        lb1.start().wait_state("active")
        seen = len(said_by_answer(capture, vip))
        eventually(lambda: len(said_by_answer(capture, vip)) >= seen + 3, "the client is answered three times")
    assert said_to_have(capture, vip) == {VMAC[name]}


def said_by_answer(capture, address):
    """The answers to who asked for the address."""
    return [octets for _, octets in capture.frames() if is_answer(Ether(octets), address)]


def is_answer(frame, address):
    if ARP in frame:
        return frame[ARP].op == 2 and frame[ARP].psrc == address
    message = frame.payload.payload
    return isinstance(message, ICMPv6ND_NA) and message.S == 1 and message.tgt == address


class Questioner:
    """Asks one host alone, whatever the others know: by frames to its MAC address."""

    def __init__(self, lab, form):
        self.host = client_of(lab, form)
        self.v6 = form.ipv6
        self.own = "2001:db8::50" if self.v6 else "10.0.1.50"

    def ask(self, mac, address):
        """Who has the address, and an echo request to it."""
        head = Ether(src=self.host.mac(), dst=mac)
        if self.v6:
            asked = IPv6(src=self.own, dst=address, hlim=255) / ICMPv6ND_NS(tgt=address)
            frames = [head / asked / ICMPv6NDOptSrcLLAddr(lladdr=self.host.mac()),
                      head / IPv6(src=self.own, dst=address) / ICMPv6EchoRequest()]
        else:
            frames = [head / ARP(op=1, hwsrc=self.host.mac(), psrc=self.own, pdst=address),
                      head / IP(src=self.own, dst=address) / ICMP()]
        self.host.run(*program("send_frames", "eth0"), stdin="\n".join(bytes(frame).hex() for frame in frames))

    @staticmethod
    def answers(capture, address):
        """{(MAC address, "has" or "echo")}"""
        found = set()
        for _, octets in capture.frames():
            frame = Ether(octets)
            if is_answer(frame, address):
                found.add((frame.src, "has"))
            elif frame.payload.fields.get("src") == address and getattr(frame.payload.payload, "type", None) in (0, 129):
                found.add((frame.src, "echo"))
        return found


@pytest.mark.parametrize("virtual_mac", [False, True])
@pytest.mark.parametrize("name", FAMILIES)
def test_backup_answers_for_itself_alone(lab, name, virtual_mac):
    form = FORMS[name]
    lb1, lb2 = node(lab, form, 2, 101, virtual_mac=virtual_mac), node(lab, form, 3, 100, virtual_mac=virtual_mac)
    capture, questioner = lab.capture(unicast=True), Questioner(lab, form)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    vip, own = (GLOBAL6, "2001:db8::3") if form.ipv6 else (VIP, "10.0.1.3")
    answering = VMAC[name] if virtual_mac else lb1.host.mac()
    questioner.ask(lb2.host.mac(), vip)
    questioner.ask(lb2.host.mac(), own)  # what comes later is answered later
    both = {"has", "echo"}
    eventually(lambda: questioner.answers(capture, own) == {(lb2.host.mac(), kind) for kind in both}, "lb2 answers")
    assert questioner.answers(capture, vip) == set()
    questioner.ask(answering, vip)
    eventually(lambda: {kind for _, kind in questioner.answers(capture, vip)} == both, "lb1 answers")
    if form.ipv6:
        assert SOLICITED_NODE in lb1.host.ip("-6 maddr show").stdout
        assert SOLICITED_NODE not in lb2.host.ip("-6 maddr show").stdout


def flags_of(host, address, interface="eth0"):
    shown = json.loads(host.ip(f"-j -6 address show dev {interface}").stdout)
    for one in (one for link in shown for one in link.get("addr_info", [])):
        if one["local"] == address:
            return {flag for flag in ("tentative", "dadfailed") if one.get(flag)}
    return None


def test_ipv6_address_is_of_use_at_once(lab, report):
    """Duplicate address detection would take a second at the least (RFC 4862 section 5.4)."""
    form, capture = FORMS["v3 ipv6"], lab.capture(unicast=True)
    lb1, lb2 = node(lab, form, 2, 101), node(lab, form, 3, 100)
    client = client_of(lab, form)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    client.spawn("ping", ["ping", "-n", "-i", "0.002", GLOBAL6])
    eventually(lambda: (lb1.host.mac(), "echo") in Questioner.answers(capture, GLOBAL6), "lb1 answers the client")
    lb1.kill()
    lb1.host.ip("link set eth0 down")
    lb2.wait_state("active")
    assert flags_of(lb2.host, GLOBAL6) == set()

    def answered():
        return [at for at, octets in capture.frames() if octets[6:12].hex(":") == lb2.host.mac()
                and octets[20] == 58 and octets[54] == 129]
    first = eventually(answered, "lb2 answers the client")[0]
    took = first - capture.adverts("fe80::3")[0].time
    report(f"IPv6 address: {1000 * took:.1f} ms from the first advert to the first answer at it")
    assert took < 0.5


def test_ipv6_address_that_was_a_duplicate_is_held(lab):
    """Somebody else has it, now and when this host tried it before: it is announced and used all the same."""
    form = FORMS["v3 ipv6"]
    lb1, other = node(lab, form, 2, 101), client_of(lab, form)
    other.ip(f"address add {GLOBAL6}/64 dev eth0 nodad")
    lb1.host.ip(f"address add {GLOBAL6}/64 dev eth0")
    eventually(lambda: flags_of(lb1.host, GLOBAL6) == {"tentative", "dadfailed"}, "the duplicate is found")
    lb1.host.ip(f"address delete {GLOBAL6}/64 dev eth0")
    lb1.start().wait_state("active")
    sent = lb1.counters()["adverts_sent"]
    eventually(lambda: lb1.counters()["adverts_sent"] >= sent + 3, "three adverts more")
    assert flags_of(lb1.host, GLOBAL6) == flags_of(lb1.host, VIP6) == set()
