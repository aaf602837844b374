"""Router Advertisements of the virtual router (RFC 9568 sections 6.4.2 and 6.4.3): real radvd, with the configuration
that docs/on-a-router.md gives, speaks while its node is Active, and only then.
"""
import re

from tests.lab.batond import ROOT
from tests.lab.peers import peer_program
from tests.lab.processes import eventually
from tests.netns.test_protocols import FORMS, VIP6, node
from tests.netns.test_virtual_mac import VMAC


def configuration_of_the_page():
    page = (ROOT / "docs" / "on-a-router.md").read_text()
    return re.search(r"```text\n(interface vrrp6-51\n.*?)```", page, re.DOTALL)[1]


def start_radvd(host):
    config = host.directory / "radvd.conf"
    config.write_text(configuration_of_the_page())
    return host.spawn("radvd", [peer_program("usr/sbin/radvd"), "--nodaemon", "--logmethod", "stderr",
                                "--config", config, "--pidfile", host.directory / "radvd.pid"])


def sent_by(host):
    """How many, over all interfaces."""
    counts = dict(line.split() for line in host.run("cat", "/proc/net/snmp6").stdout.splitlines())
    return int(counts.get("Icmp6OutType134", 0))


def default_routers(client):
    return re.findall(r"via (\S+)", client.ip("-6 route show default").stdout)


def test_radvd_speaks_while_its_node_is_active(lab):
    form, capture = FORMS["v3 ipv6"], lab.capture()
    lb1, lb2 = node(lab, form, 2, 101, virtual_mac=True), node(lab, form, 3, 100, virtual_mac=True)
    client = lab.host("client", "10.0.1.50/24")
    client.enable_ipv6("fe80::50/64")
    for daemon in (lb1, lb2):  # radvd first, as its unit has it: there is no such interface yet
        daemon.host.sysctl("ipv6/conf/all/forwarding", 1)
        start_radvd(daemon.host)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    eventually(lambda: sent_by(lb1.host) >= 2, "radvd on lb1 speaks", timeout=30)
    eventually(lambda: default_routers(client) == [VIP6], "the client has a default router")
    assert sent_by(lb2.host) == 0
    assert lb1.stop() == 0
    before = sent_by(lb1.host)
    lb2.wait_state("active")
    eventually(lambda: sent_by(lb2.host) >= 2, "radvd on lb2 speaks", timeout=30)
    assert sent_by(lb1.host) == before
    assert default_routers(client) == [VIP6]
    rows = capture.tshark("icmpv6.type == 134", "eth.src", "ipv6.src", "icmpv6.opt.linkaddr",
                          "icmpv6.nd.ra.router_lifetime")
    assert {tuple(row[:3]) for row in rows} == {(VMAC["v3 ipv6"], VIP6, VMAC["v3 ipv6"])}
    assert "0" not in {lifetime for *_, lifetime in rows}  # nobody was told to forget the router
