"""Two routers between two links: what each takes, forwards and answers for the virtual router (RFC 9568 sections 6.4,
8.1 and 8.2). A third host makes the frames, so that each comes to exactly the MAC address it is meant for.
"""
import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether

from tests.lab.processes import eventually, program
from tests.netns.test_protocols import FORMS, GLOBAL6, VIP, node
from tests.netns.test_virtual_mac import HOLDER, VMAC, is_up

BEYOND_MAC = "02:00:00:00:00:99"
SOLICITED_NODE = "ff02::1:ff00:100"  # of both virtual IPv6 addresses


class Routers:
    """lb1 (Active) and lb2 (Backup) forward from br0 to br1, where nobody is: what arrives there is only looked at.
    On br0 every frame reaches both, as on a hub, whatever MAC address it is for."""

    def __init__(self, lab, name, virtual_mac=True):
        self.form = FORMS[name]
        self.v6 = self.form.ipv6
        self.vip = GLOBAL6 if self.v6 else VIP
        self.beyond = "2001:db8:2::99" if self.v6 else "10.0.2.99"
        lab.network.add_bridge("br1")
        self.lb1 = node(lab, self.form, 2, 101, virtual_mac=virtual_mac)
        self.lb2 = node(lab, self.form, 3, 100, virtual_mac=virtual_mac)
        for number, daemon in ((2, self.lb1), (3, self.lb2)):
            self._open_the_way(lab, daemon.host, number)
        # An address that only lb2 knows, so that no frame for it comes there by way of lb1.
        self.secluded = "2001:db8:3::3" if self.v6 else "10.0.3.3"
        self.lb2.host.ip(f"address add {self.secluded}/{128 if self.v6 else 32} dev lo")
        self.prober = lab.host("prober", "10.0.1.9/24")
        if self.v6:
            self.prober.enable_ipv6("fe80::9/64", "2001:db8::9/64")
        self.near, self.far = lab.capture(unicast=True), lab.capture("br1", unicast=True)
        self.lb1.start().wait_state("active")
        self.lb2.start().wait_state("backup")
        self._sent = 0

    def _open_the_way(self, lab, host, number):
        lab.network.connect(host, "eth1", f"10.0.2.{number}/24", "br1")
        lab.network.ip(f"link set {host.port()} type bridge_slave learning off fdb_flush")
        host.sysctl("ipv4/ip_forward", 1)
        host.ip(f"neigh add 10.0.2.99 lladdr {BEYOND_MAC} nud permanent dev eth1")
        if self.v6:
            host.enable_ipv6(f"fe80::2:{number}/64", f"2001:db8:2::{number}/64", interface="eth1")
            host.sysctl("ipv6/conf/all/forwarding", 1)
            host.ip(f"neigh add {self.beyond} lladdr {BEYOND_MAC} nud permanent dev eth1")

    def echo(self, mac, address, hops=64):
        """Sends an echo request, and answers its number."""
        self._sent += 1
        if self.v6:
            packet = IPv6(src="2001:db8::9", dst=address, hlim=hops) / ICMPv6EchoRequest(id=9, seq=self._sent)
        else:
            packet = IP(src="10.0.1.9", dst=address, ttl=hops) / ICMP(id=9, seq=self._sent)
        self.send(Ether(src=self.prober.mac(), dst=mac) / packet)
        return self._sent

    def send(self, frame):
        self.prober.run(*program("send_frames", "eth0"), stdin=bytes(frame).hex())

    def requests(self, capture):
        """(number, source MAC, hops left) of each echo request."""
        return self._echoes(capture, 128 if self.v6 else 8)

    def replies(self):
        """(number, source MAC, hops left) of each echo reply to the prober."""
        return self._echoes(self.near, 129 if self.v6 else 0)

    def _echoes(self, capture, kind):
        found = []
        for _, octets in capture.frames():
            frame = Ether(octets)
            packet, echo = frame.payload, frame.payload.payload
            if isinstance(packet, IPv6 if self.v6 else IP) and getattr(echo, "type", None) == kind:
                found.append((echo.seq, frame.src, packet.hlim if self.v6 else packet.ttl))
        return found

    def forwarded(self, number):
        """By which host, once it is there."""
        macs = {daemon.host.mac("eth1"): daemon.host.name for daemon in (self.lb1, self.lb2)}
        return eventually(lambda: [macs[mac] for one, mac, _ in self.requests(self.far) if one == number],
                          f"echo request {number} is forwarded")

    def answered(self, number):
        """From which MAC addresses, once there is an answer."""
        return eventually(lambda: [mac for one, mac, _ in self.replies() if one == number],
                          f"echo request {number} is answered")


@pytest.fixture(params=["v3 ipv4", "v3 ipv6"])
def name(request):
    return request.param


def test_virtual_mac_is_served_by_the_active_alone(lab, name):
    net = Routers(lab, name)
    assert is_up(net.lb1.host, HOLDER[name]) and not is_up(net.lb2.host, HOLDER[name])
    crossing = net.echo(VMAC[name], net.beyond)
    local = net.echo(VMAC[name], net.secluded)
    to_vip = net.echo(VMAC[name], net.vip)
    # Frames keep their order: once lb2 has served these, it has seen to those before.
    own_crossing = net.echo(net.lb2.host.mac(), net.beyond)
    own_local = net.echo(net.lb2.host.mac(), net.secluded)
    assert net.forwarded(own_crossing) == ["lb2"]
    assert net.answered(own_local) == [net.lb2.host.mac()]
    assert net.forwarded(crossing) == ["lb1"]
    assert net.answered(to_vip)
    assert local not in {number for number, _, _ in net.replies()}
    # What is for the virtual address is for the Active router itself: it passes it on to nobody.
    assert [(number, hops) for number, _, hops in net.requests(net.near) if number == to_vip] == [(to_vip, 64)]
    assert to_vip not in {number for number, _, _ in net.requests(net.far)}
    net.lb1.kill()
    net.lb1.host.ip("link set eth0 down")
    net.lb2.wait_state("active")
    assert net.forwarded(net.echo(VMAC[name], net.beyond)) == ["lb2"]


def test_group_traffic_stays_on_its_link(lab, name):
    """Section 5.1: whatever its TTL, and although both hosts forward all else."""
    net = Routers(lab, name)
    group, mac = ("ff02::12", "33:33:00:00:00:12") if net.v6 else ("224.0.0.18", "01:00:5e:00:00:12")
    sent = [net.echo(mac, group, hops) for hops in (255, 2)]
    passing = net.echo(net.lb2.host.mac(), net.beyond)
    assert net.forwarded(passing) == ["lb2"]
    assert net.forwarded(net.echo(VMAC[name], net.beyond)) == ["lb1"]
    assert not {number for number, _, _ in net.requests(net.far)} & set(sent)
    assert net.far.adverts() == []


def test_redirects_come_from_the_address_that_was_used(lab, name):
    """Section 8.1.1, 8.2.1. The better way is on the same link. Who uses the virtual router is not told of it by another
    address; who uses lb1 itself is, by lb1's own."""
    net = Routers(lab, name)
    net.lb1.host.ip("route add 2001:db8:7::/64 via fe80::3 dev eth0" if net.v6 else "route add 10.0.7.0/24 via 10.0.1.3")
    for mac in (*[VMAC[name]] * 3, net.lb1.host.mac()):
        last = net.echo(mac, "2001:db8:7::7" if net.v6 else "10.0.7.7")

    def redirects():
        """(sender, MAC address, number of the request that it is about)"""
        fields = ("ipv6.src", "eth.src", "icmpv6.echo.sequence_number") if net.v6 else ("ip.src", "eth.src", "icmp.seq")
        rows = net.near.tshark("icmpv6.type == 137" if net.v6 else "icmp.type == 5", *fields)
        return [(source.split(",")[0], mac, int(number)) for source, mac, number in rows]
    eventually(redirects, "lb1 sends a redirect")
    passed = {number for number, _, hops in net.requests(net.near) if hops == 63}
    assert passed == set(range(1, last + 1))  # all went on their way, by the same link
    [(source, mac, number)] = redirects()
    assert (mac, number) == (net.lb1.host.mac(), last) and net.lb1.host.holds(source)
