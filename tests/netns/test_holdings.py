"""What an Active node holds beside the addresses of its adverts: excluded addresses, addresses on other interfaces,
routes and rules; and packets that it does not accept (RFC 9568 section 6.1, Accept_Mode)."""
import json

import pytest

from tests.lab.batond import VIP, configuration
from tests.lab.capture import vrrp_message
from tests.lab.processes import eventually
from tests.netns.conftest import heard
from tests.netns.test_virtual_mac import neighbour

EXCLUDED = "10.0.9.100"


def two_legged(lab, name, last, **settings):
    """A host with eth0 on the LAN and eth1 on another, and its batond, not started."""
    host = lab.host(name, f"10.0.1.{last}/24")
    if "br1" not in lab.bridges:
        lab.network.add_bridge("br1")
        lab.bridges.add("br1")
    lab.network.connect(host, "eth1", f"10.0.2.{last}/24", "br1")
    return lab.batond(host, configuration(name, advert_interval="100ms", **settings))


def routes(host, table="main", family=4):
    shown = host.ip(f"-j -{family} route show table {table}", check=False)
    return json.loads(shown.stdout) if shown.returncode == 0 else []  # a table that was never used is an error


def rules(host, family=4):
    return json.loads(host.ip(f"-j -{family} rule show").stdout)


def has_route(host, to, table="main"):
    return any(route["dst"] == to for route in routes(host, table))


HOLDINGS = {
    "excluded_addresses": [{"address": f"{EXCLUDED}/32", "interface": "eth1", "label": "eth1:mail"}],
    "routes": [{"to": "198.51.100.0/24", "via": "10.0.2.254", "interface": "eth1", "source": EXCLUDED, "table": 100},
               {"to": "203.0.113.0/24", "type": "blackhole"}],
    "rules": [{"priority": 50, "from": f"{VIP}/32", "table": 100}],
}


@pytest.fixture
def lab(lab):
    lab.bridges = set()
    return lab


def holding_pair(lab, **settings):
    lb1 = two_legged(lab, "lb1", 2, priority=101, **settings)
    lb2 = two_legged(lab, "lb2", 3, priority=100, **settings)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def holds_all(daemon):
    host = daemon.host
    return (host.holds(VIP) and host.holds(EXCLUDED, "eth1") and has_route(host, "198.51.100.0/24", 100)
            and has_route(host, "203.0.113.0/24") and any(rule["priority"] == 50 for rule in rules(host)))


def holds_none(daemon):
    host = daemon.host
    return not (host.holds(VIP) or host.holds(EXCLUDED, "eth1") or has_route(host, "198.51.100.0/24", 100)
                or has_route(host, "203.0.113.0/24") or any(rule["priority"] == 50 for rule in rules(host)))


def test_everything_moves_with_the_address(lab):
    capture = lab.capture()
    lab.network.add_bridge("br1")
    lab.bridges.add("br1")
    other = lab.capture("br1")
    lb1, lb2 = holding_pair(lab, **HOLDINGS)
    assert holds_all(lb1) and holds_none(lb2)
    shown = json.loads(lb1.host.ip("-j address show dev eth1").stdout)[0]["addr_info"]
    assert [one["label"] for one in shown if one["local"] == EXCLUDED] == ["eth1:mail"]
    assert lb1.stop() == 0
    lb2.wait_state("active")
    assert holds_all(lb2) and holds_none(lb1)
    steps = [step["what"] for step in lb2.transitions()[-1]["steps"]]
    assert steps.index("addresses_held") < steps.index("routes_held") < steps.index("advert_sent")
    messages = [message for message in (vrrp_message(frame)[1] for _, frame in capture.frames()) if message]
    assert messages and all(message[8:] == bytes([10, 0, 1, 100]) for message in messages)  # not the excluded one
    eventually(lambda: other.announcements(EXCLUDED), "the excluded address is announced where it stands")


def test_excluded_address_that_is_deleted_comes_back(lab):
    lb1, _ = holding_pair(lab, **HOLDINGS)
    lb1.host.ip(f"address delete {EXCLUDED}/32 dev eth1")
    eventually(lambda: lb1.counters()["address_repairs"] == 1, "lb1 puts it back")
    assert holds_all(lb1)  # also the route whose source it is, which the kernel drops with it


def test_routes_come_back_with_their_interface(lab):
    lb1, _ = holding_pair(lab, **HOLDINGS)
    before = lb1.transitions()
    lb1.host.ip("link set eth1 down")
    assert not has_route(lb1.host, "198.51.100.0/24", 100)
    lb1.host.ip("link set eth1 up")
    eventually(lambda: holds_all(lb1), "lb1 holds all again")
    assert lb1.events("routes_repaired")[0]["count"] == 1
    assert lb1.transitions() == before


def test_left_over_routes_of_a_killed_batond_are_swept_and_foreign_ones_are_not(lab):
    lb1 = two_legged(lab, "lb1", 2, priority=101, **HOLDINGS)
    lb1.host.ip("route add 192.0.2.0/24 via 10.0.2.254")
    lb1.host.ip("rule add priority 60 from 192.0.2.1 lookup 100")
    lb1.start().wait_state("active")
    lb1.kill()
    assert has_route(lb1.host, "203.0.113.0/24")  # it needs no address, so it outlives the lease
    lb1.config["instances"]["VI_1"].update(routes=[], rules=[])
    lb1.write_config()
    lb1.start()
    assert not has_route(lb1.host, "203.0.113.0/24") and not has_route(lb1.host, "198.51.100.0/24", 100)
    assert [rule["priority"] for rule in rules(lb1.host)].count(50) == 0
    assert has_route(lb1.host, "192.0.2.0/24") and any(rule["priority"] == 60 for rule in rules(lb1.host))


def test_route_that_the_kernel_refuses_is_a_fault(lab):
    capture = lab.capture()
    lb1 = two_legged(lab, "lb1", 2, routes=[{"to": "198.51.100.0/24", "via": "10.77.0.1"}])
    lb1.start().wait_state("fault")
    fault = lb1.instance()["faults"][0]
    assert fault["name"] == "route_not_held"
    assert "198.51.100.0/24 via 10.77.0.1" in fault["text"] and "unreachable" in fault["text"]
    assert not lb1.host.holds(VIP)
    assert capture.adverts() == []
    lb1.host.ip("address add 10.77.0.2/24 dev eth1")
    lb1.wait_state("active")
    assert has_route(lb1.host, "198.51.100.0/24")


def test_foreign_route_in_the_way_is_a_fault_and_stays(lab):
    lb1 = two_legged(lab, "lb1", 2, routes=[{"to": "198.51.100.0/24", "via": "10.0.2.254"}])
    lb1.host.ip("route add 198.51.100.0/24 via 10.0.2.253")
    lb1.start().wait_state("fault")
    assert lb1.instance()["faults"][0]["name"] == "route_not_held"
    assert lb1.stop() == 0
    assert [route["gateway"] for route in routes(lb1.host) if route["dst"] == "198.51.100.0/24"] == ["10.0.2.253"]


def answers(client, address):
    return client.run("ping", "-n", "-c", "1", "-W", "1", address, check=False).returncode == 0


@pytest.mark.parametrize("virtual_mac", [False, True])
def test_without_accept_mode_the_address_is_announced_but_does_not_answer(lab, virtual_mac):
    client = lab.host("client", "10.0.1.50/24")
    lb1, lb2 = lab.pair(accept=False, virtual_mac=virtual_mac)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    assert not answers(client, VIP)
    assert neighbour(client, VIP) is not None  # ARP goes on
    assert answers(client, "10.0.1.2")  # and so does all the rest
    assert lb1.stop() == 0
    lb2.wait_state("active")
    assert not answers(client, VIP)
    assert lb1.host.run("nft", "list", "tables").stdout == ""  # nothing is left of it


def test_accept_mode_off_leaves_other_instances_alone(lab):
    client = lab.host("client", "10.0.1.50/24")
    config = configuration("lb1", advert_interval="100ms", accept=False)
    config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.200/24"],
                                   "advert_interval": "100ms"}
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config).start()
    for name in ("VI_1", "VI_2"):
        lb1.wait_state("active", name)
    assert [lb1.instance(name)["accept"] for name in ("VI_1", "VI_2")] == [False, True]
    assert "Accept_Mode is off" in lb1.ctl("why", "VI_1").stdout
    assert "Accept_Mode is off" not in lb1.ctl("why", "VI_2").stdout
    assert answers(client, "10.0.1.200") and not answers(client, VIP)


def test_neighbor_discovery_goes_on_without_accept_mode(lab):
    client, host = lab.host("client", "10.0.1.50/24"), lab.host("lb1", "10.0.1.2/24")
    client.enable_ipv6("fe80::50/64", "2001:db8::50/64")
    host.enable_ipv6("fe80::2/64", "2001:db8::2/64")
    config = configuration("lb1", address="fe80::100/64", advert_interval="100ms", accept=False)
    config["instances"]["VI_1"]["addresses"].append("2001:db8::100/64")
    lab.batond(host, config).start().wait_state("active")
    assert not answers(client, "2001:db8::100") and not answers(client, "fe80::100%eth0")
    assert neighbour(client, "2001:db8::100") == host.mac()
    assert answers(client, "2001:db8::2")


def test_batond_says_what_it_needs_for_accept_mode_off(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", accept=False)
    lb1.host.run("nft", "add", "table", "inet", "baton")
    lb1.launch()
    assert lb1.wait() == 1
    assert "inet baton" in lb1.log.read_text()
