"""Links: their own, tracked ones, one of several, and one that is deleted and made again."""
import os

import pytest

from tests.lab.batond import configuration
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders


def faults(daemon, name="VI_1"):
    return [fault["name"] for fault in daemon.instance(name)["faults"]]


def test_link_down_is_a_fault_and_up_again_is_not(lab):
    lb1, lb2 = lab.started_pair()
    lb1.host.cut()
    fault = lb1.wait_state("fault")
    assert "eth0" in fault["reason"]
    assert faults(lb1) == ["link_down"]
    assert not lb1.host.holds("10.0.1.100")  # given up without anybody to tell
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    lb1.host.restore()
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    assert faults(lb1) == []


def test_interface_may_be_deleted_and_made_again(lab):
    lb1, lb2 = lab.started_pair()
    lb1.host.ip("link delete eth0")
    lb1.wait_state("fault")
    assert faults(lb1) == ["interface_missing"]
    lb2.wait_state("active")
    lab.network.connect(lb1.host, "eth0", "10.0.1.2/24")
    lb1.wait_state("active")
    lb2.wait_state("backup")
    await_holder(lb1, lb2)


def test_renamed_interface_keeps_no_address_and_may_come_back(lab):
    lb1, lb2 = lab.started_pair()
    lb1.host.ip("link set eth0 name eth9")  # while up, and while it holds the address
    lb1.wait_state("fault")
    assert faults(lb1) == ["interface_missing"]
    lb2.wait_state("active")
    assert not lb1.host.holds("10.0.1.100", "eth9")
    lb1.host.ip("link set eth9 name eth0")
    lb1.wait_state("active")
    lb2.wait_state("backup")
    await_holder(lb1, lb2)


def second_link(lab, host):
    lab.network.add_bridge("br1")
    lab.network.connect(host, "eth1", "10.0.2.2/24", bridge="br1")


def test_tracked_interface_changes_the_priority(lab):
    lb1, lb2 = lab.pair()
    second_link(lab, lb1.host)
    tracking = configuration("lb1", priority=101, advert_interval="100ms",
                             track=[{"interface": "eth1", "weight": -20}])
    lb1 = lab.batond(lb1.host, tracking).start()
    lb1.wait_state("active")
    lb2.start().wait_state("backup")
    lb1.host.cut("eth1")
    assert lb1.wait_state("backup")["reason_code"] == "higher_priority"
    assert lb1.instance()["priority"]["effective"] == 81
    await_holder(lb2, lb1)
    lb1.host.restore("eth1")
    lb1.wait_state("active")
    assert lb1.instance()["priority"]["effective"] == 101


def test_tracked_interface_without_weight_is_a_fault(lab):
    lb1, lb2 = lab.pair()
    second_link(lab, lb1.host)
    tracking = configuration("lb1", priority=101, advert_interval="100ms", track=[{"interface": "eth1"}])
    lb1 = lab.batond(lb1.host, tracking).start()
    lb1.wait_state("active")
    lb2.start().wait_state("backup")
    lb1.host.cut("eth1")
    lb1.wait_state("fault")
    assert faults(lb1) == ["tracked_interface_down"]
    # It could still speak, and so it resigned: no waiting for Active_Down_Interval.
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    await_holder(lb2, lb1)
    lb1.host.restore("eth1")
    lb1.wait_state("active")


def test_instances_on_several_interfaces_in_one_thread(lab):
    """Three links with an instance each, and a second one on the first: one process, one thread."""
    hosts = {name: lab.host(name, f"10.0.1.{last}/24") for name, last in (("lb1", 2), ("lb2", 3))}
    for i in (1, 2):
        lab.network.add_bridge(f"br{i}")
    daemons = []
    for (name, host), priority, last in zip(hosts.items(), (101, 100), (2, 3)):
        config = configuration(name, priority=priority, advert_interval="100ms")
        config["instances"]["VI_2"] = {**config["instances"]["VI_1"], "vrid": 52, "addresses": ["10.0.1.101/24"]}
        for i in (1, 2):
            lab.network.connect(host, f"eth{i}", f"10.0.{1 + i}.{last}/24", bridge=f"br{i}")
            config["instances"][f"LAN_{i}"] = {**config["instances"]["VI_1"], "interface": f"eth{i}",
                                               "addresses": [f"10.0.{1 + i}.100/24"]}
        daemons.append(lab.batond(host, config).start())
    lb1, lb2 = daemons
    for name in ("VI_1", "VI_2", "LAN_1", "LAN_2"):
        lb1.wait_state("active", name)
        lb2.wait_state("backup", name)
    assert len(os.listdir(f"/proc/{lb1.pid}/task")) == 1

    lb1.host.cut("eth1")
    lb1.wait_state("fault", "LAN_1")
    lb2.wait_state("active", "LAN_1")
    heard(lb2, 10, "VI_1")
    assert {name: lb1.state(name) for name in ("VI_1", "VI_2", "LAN_2")} == dict.fromkeys(
        ("VI_1", "VI_2", "LAN_2"), "active")
    assert holders(lb1, lb2, address="10.0.2.100", interface="eth1") == ["lb2"]
    assert holders(lb1, lb2, address="10.0.3.100", interface="eth2") == ["lb1"]
    assert holders(lb1, lb2, address="10.0.1.101") == ["lb1"]


def announcements(daemon):
    return daemon.instance()["counters"]["announcements"]


def quiet(lab, **settings):
    """One active node that announces once, and then only when something happens."""
    node = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms", announce={"repeats": [], "refresh": "0s"}, **settings)
    node.start().wait_state("active")
    return node


def test_another_mac_address_is_announced(lab):
    client = lab.host("client", "10.0.1.50/24")
    node = quiet(lab)
    assert client.run("ping", "-c", "1", "-W", "2", "10.0.1.100").returncode == 0
    before = announcements(node)
    node.host.ip("link set eth0 address 02:00:00:00:77:01")
    eventually(lambda: announcements(node) > before, "the address is announced again")
    eventually(lambda: "02:00:00:00:77:01" in client.run("ip", "neigh", "show", "10.0.1.100").stdout,
               "the client knows the new MAC address")
    assert node.instance()["state"] == "active"


@pytest.mark.parametrize("virtual_mac", [False, True])
def test_link_of_another_interface_is_announced_on_when_it_returns(lab, virtual_mac):
    """One that no state hangs on: however often it goes, nothing moves, and nobody is said to have removed anything."""
    host = lab.host("lb1", "10.0.1.2/24")
    second_link(lab, host)
    node = lab.batond(host, configuration("lb1", advert_interval="100ms", announce={"repeats": [], "refresh": "0s"},
                                          virtual_mac=virtual_mac, excluded_addresses=[
                                              {"address": "192.0.2.9/24", "interface": "eth1"}]))
    node.start().wait_state("active")

    def goes_and_returns():
        # So fast that the kernel may tell of the second half alone.
        host.cut("eth1")
        host.restore("eth1")

    for change in [goes_and_returns] * 8 + [lambda: host.ip("link set eth1 address 02:00:00:00:77:02")]:
        before = announcements(node)
        change()
        eventually(lambda: announcements(node) > before, "the address is announced again")
    shown = node.instance()
    assert shown["state"] == "active" and shown["counters"]["address_repairs"] == 0


@pytest.mark.parametrize("virtual_mac", [False, True])
def test_its_own_link_that_went_and_returned_while_it_stood_still_is_announced_on(lab, virtual_mac):
    """The switch may have forgotten where the address is; who took over meanwhile would have been heard."""
    node = quiet(lab, virtual_mac=virtual_mac)
    before = announcements(node)
    node.pause()
    node.host.cut()
    node.host.restore()
    node.unpause()
    eventually(lambda: announcements(node) > before, "the address is announced again")
    assert node.wait_state("active")
