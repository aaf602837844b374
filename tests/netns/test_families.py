"""IPv6 that an interface does not do, for a while or for good: IPv4 goes on, and IPv6 comes when it can."""
import pytest

from tests.lab.batond import VIP
from tests.lab.processes import eventually
from tests.netns.conftest import heard

VIP6 = "fe80::100"


def faults(daemon, name):
    return [fault["name"] for fault in daemon.instance(name)["faults"]]


def switched_off(host):
    host.sysctl("ipv6/conf/eth0/disable_ipv6", 1)


def switched_on(host):
    host.sysctl("ipv6/conf/eth0/disable_ipv6", 0)
    give_address(host)


def too_small(host):
    host.ip("link set eth0 mtu 1200")


def large_again(host):
    host.ip("link set eth0 mtu 1500")
    host.sysctl("ipv6/conf/eth0/addr_gen_mode", 1)
    give_address(host)


def give_address(host):
    host.ip(f"address add fe80::{host.name[-1]}/64 dev eth0 nodad")


WAYS = pytest.mark.parametrize("away, back, why", [(switched_off, switched_on, "IPv6 is switched off there"),
                                                   (too_small, large_again, "is its MTU below 1280?")])
FORMS = pytest.mark.parametrize("virtual_mac", [False, True])


def node(lab, number, priority, **settings):
    """One instance of each family."""
    common = {"advert_interval": "100ms", "priority": priority, **settings}
    lb = lab.node(f"lb{number}", f"10.0.1.{number}/24", **common)
    lb.host.enable_ipv6(f"fe80::{number}/64")
    lb.config["instances"]["VI_6"] = {"interface": "eth0", "vrid": 51, "addresses": [f"{VIP6}/64"], **common}
    lb.write_config()
    return lb


def await_fault(lb, why):
    eventually(lambda: faults(lb, "VI_6") == ["no_advert_socket"], "IPv6 is what it lacks")
    now = lb.instance("VI_6")
    assert now["state"] == "fault" and why in now["reason"]
    lb.wait_state("active", name="VI_1")


@FORMS
@WAYS
def test_start_without_ipv6(lab, away, back, why, virtual_mac):
    lb = node(lab, 2, 100, virtual_mac=virtual_mac)
    away(lb.host)
    lb.start()
    await_fault(lb, why)
    assert len(lb.events("socket_failed")) == 1  # told once, however often it is tried
    back(lb.host)
    lb.wait_state("active", name="VI_6")


@FORMS
@WAYS
def test_ipv6_that_goes_and_comes_back_is_heard_again(lab, away, back, why, virtual_mac):
    lb1 = node(lab, 1, 100, virtual_mac=virtual_mac)
    lb2 = node(lab, 2, 101, virtual_mac=virtual_mac)
    for lb in (lb1, lb2):
        lb.start()
    lb1.wait_state("backup", name="VI_6")
    lb2.wait_state("active", name="VI_6")
    before = [one["to"] for one in lb1.transitions("VI_1")]
    away(lb1.host)
    assert why in lb1.wait_state("fault", name="VI_6")["reason"]
    back(lb1.host)
    lb1.wait_state("backup", name="VI_6")
    heard(lb1, 20, "VI_6")
    assert lb1.state("VI_6") == "backup"
    assert [one["to"] for one in lb1.transitions("VI_1")] == before
    away(lb2.host)  # whoever has it must find the fault as well
    lb1.wait_state("active", name="VI_6")
    assert lb2.state("VI_1") == "active"
    back(lb2.host)
    lb2.wait_state("active", name="VI_6")
    lb1.wait_state("backup", name="VI_6")
    eventually(lambda: not lb1.host.holds(VIP6, "vrrp6-51" if virtual_mac else "eth0"), "lb1 lets go")


@FORMS
def test_interface_is_made_again_and_ipv6_comes_later(lab, virtual_mac):
    """As ifupdown and networkd do, where it is off by default."""
    lb = node(lab, 2, 100, virtual_mac=virtual_mac)
    lb.host.sysctl("ipv6/conf/default/disable_ipv6", 1)
    lb.start().wait_state("active", name="VI_6")
    lb.host.ip("link delete eth0")
    lb.wait_state("fault", name="VI_1")
    lab.network.connect(lb.host, "eth0", "10.0.1.2/24")
    await_fault(lb, "IPv6 is switched off there")
    lb.host.sysctl("ipv6/conf/eth0/addr_gen_mode", 1)
    switched_on(lb.host)
    lb.wait_state("active", name="VI_6")


def test_reload_takes_an_instance_that_has_to_wait_for_ipv6(lab):
    lb = node(lab, 2, 100)
    switched_off(lb.host)
    later = lb.config["instances"].pop("VI_6")
    lb.write_config()
    lb.start().wait_state("active")
    lb.config["instances"]["VI_6"] = later
    lb.write_config()
    lb.ctl("reload")
    await_fault(lb, "IPv6 is switched off there")
    switched_on(lb.host)
    lb.wait_state("active", name="VI_6")


def test_name_that_somebody_took_meanwhile_is_asked_for_again(lab):
    lb = lab.node("lb2", "10.0.1.2/24", virtual_mac=True, advert_interval="100ms")
    lb.start().wait_state("active")
    lb.host.ip("link delete eth0")
    lb.wait_state("fault")
    eventually(lambda: "vrrp4-51" not in lb.host.ip("link show").stdout, "its macvlan went along")
    lb.host.ip("link add vrrp4-51 type veth peer name other")
    lab.network.connect(lb.host, "eth0", "10.0.1.2/24")
    eventually(lambda: lb.events("virtual_mac_failed"), "it is told")
    eventually(lambda: faults(lb, "VI_1") == ["interface_missing"], "that one is not for its addresses")
    assert not lb.host.holds(VIP, "vrrp4-51")
    lb.host.ip("link delete vrrp4-51")
    lb.wait_state("active")
    assert len(lb.events("virtual_mac_failed")) == 1
