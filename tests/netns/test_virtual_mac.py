"""The virtual MAC address: who has it, who answers with it, and that nobody else does (RFC 9568 sections 7 and 8)."""
import json
import time

import pytest

from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard
from tests.netns.test_protocols import FORMS, node

VMAC = {"v3 ipv4": "00:00:5e:00:01:33", "v3 ipv6": "00:00:5e:00:02:33", "v2": "00:00:5e:00:01:33"}
HOLDER = {"v3 ipv4": "vrrp4-51", "v3 ipv6": "vrrp6-51", "v2": "vrrp4-51"}


def link(host, interface):
    shown = host.ip(f"-j link show dev {interface}", check=False).stdout
    return json.loads(shown)[0] if shown.strip() else None


def is_up(host, interface):
    shown = link(host, interface)
    return shown is not None and "UP" in shown["flags"]


def neighbour(client, address):
    """What the client has learnt, after it has asked for the address anew."""
    client.ip(f"neigh flush to {address}")
    client.run("ping", "-n", "-c", "1", "-W", "1", address, check=False)
    shown = json.loads(client.ip(f"-j neigh show to {address} dev eth0").stdout)
    return shown[0].get("lladdr") if shown else None


def pair(lab, name):
    form = FORMS[name]
    lb1, lb2 = node(lab, form, 2, 101, virtual_mac=True), node(lab, form, 3, 100, virtual_mac=True)
    client = lab.host("client", "10.0.1.50/24")
    if form.ipv6:
        client.enable_ipv6("fe80::50/64", "2001:db8::50/64")
    return form, lb1, lb2, client


def frames_from(capture, mac):
    return [frame for _, frame in capture.frames() if frame[6:12].hex(":") == mac]


@pytest.mark.parametrize("name", VMAC)
def test_takeover_moves_the_mac_address(lab, name):
    capture = lab.capture()
    form, lb1, lb2, client = pair(lab, name)
    vip = form.addresses[-1].split("/")[0]
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 2)
    assert is_up(lb1.host, HOLDER[name]) and not is_up(lb2.host, HOLDER[name])
    assert lb1.host.holds(vip, HOLDER[name])
    assert neighbour(client, vip) == VMAC[name]
    before = client.ip(f"neigh show to {vip}").stdout.split()[2:5]
    lb1.kill()
    lb2.wait_state("active")
    assert is_up(lb2.host, HOLDER[name]) and lb2.host.holds(vip, HOLDER[name])
    assert client.ip(f"neigh show to {vip}").stdout.split()[2:5] == before
    lb1.start().wait_state("active")
    lb2.wait_state("backup")
    eventually(lambda: not is_up(lb2.host, HOLDER[name]), "lb2 is silent again")
    eventually(lambda: neighbour(client, vip) == VMAC[name], "the client finds it at lb1")
    # Every advert, and every announcement of the address, came from the virtual MAC; but for the last word of lb2.
    rows = [row[0] for row in capture.tshark("vrrp", "eth.src")]
    assert rows.count(lb2.host.mac()) <= 1 and set(rows) - {lb2.host.mac()} == {VMAC[name]}
    assert {one.mac for one in capture.announcements(vip)} == {VMAC[name]}


@pytest.mark.parametrize("name", VMAC)
def test_backup_sends_nothing_from_the_virtual_mac(lab, name):
    """Decision D8 of RFC 9568 in practice: a switch would believe that the address is at the Backup's port."""
    form, lb1, lb2, _ = pair(lab, name)
    quiet = lab.host("quiet", "10.0.1.60/24")
    capture = lab.capture()
    lb1.start().wait_state("active")
    eventually(lambda: frames_from(capture, VMAC[name]), "the Active router is seen")
    lb1.terminate()
    lb1.wait()
    before = len(frames_from(capture, VMAC[name]))
    backup = node(lab, form, 4, 99, virtual_mac=True)
    owner = node(lab, form, 5, 200)  # without a virtual MAC: what comes from it now is the Backup's
    owner.start().wait_state("active")
    backup.start().wait_state("backup")
    heard(backup, 5)
    quiet.run("ping", "-n", "-c", "2", "-W", "1", "10.0.1.4", check=False)
    assert len(frames_from(capture, VMAC[name])) == before


def test_each_interface_answers_for_its_own_addresses(lab):
    """Section 8.1.2: the physical MAC address is never told for a virtual address, nor the other way round."""
    form, lb1, _, client = pair(lab, "v3 ipv4")
    lb1.start().wait_state("active")
    assert neighbour(client, "10.0.1.100") == VMAC["v3 ipv4"]
    assert neighbour(client, "10.0.1.2") == lb1.host.mac()
    # Nor when the host itself speaks from the virtual address.
    client.ip("neigh flush to 10.0.1.100")
    lb1.host.ip("neigh flush dev eth0")
    lb1.host.run("ping", "-n", "-c", "1", "-W", "1", "-I", "10.0.1.100", "10.0.1.50", check=False)
    shown = json.loads(client.ip("-j neigh show to 10.0.1.100").stdout)
    assert {entry["lladdr"] for entry in shown if "lladdr" in entry} <= {VMAC["v3 ipv4"]}


def answers(capture, address, since):
    """The MAC addresses that ARP replies and Neighbor Advertisements after questions have named for it."""
    filters = f"(arp.opcode == 2 && arp.src.proto_ipv4 == {address})" if "." in address else \
        f"(icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 && icmpv6.nd.na.target_address == {address})"
    return [row[1] for row in capture.tshark(filters, "frame.time_epoch", "eth.src") if float(row[0]) > since]


@pytest.mark.parametrize("priority", [101, 255])
@pytest.mark.parametrize("name", ["v3 ipv4", "v3 ipv6"])
def test_address_that_stands_below_as_well_is_a_fault(lab, name, priority):
    """It would be answered for with both MAC addresses, also the owner's (section 8.1.2)."""
    capture = lab.capture(unicast=True)
    form, lb1, _, client = pair(lab, name)
    lb1.config["instances"]["VI_1"]["priority"] = priority
    prefix = form.addresses[-1]
    vip = prefix.split("/")[0]
    lb1.host.ip(f"address add {prefix} dev eth0" + (" nodad" if form.ipv6 else ""))
    lb1.start().wait_state("fault")
    fault, = lb1.instance()["faults"]
    assert fault["name"] == "address_not_held"
    assert f"{prefix} is already on eth0 and was not put there by baton; remove it (" in fault["text"]
    assert f"with virtual_mac it stands on {HOLDER[name]} alone, the owner's too" in fault["text"]
    assert not is_up(lb1.host, HOLDER[name]) and lb1.host.holds(vip)
    lb1.host.ip(f"address delete {prefix} dev eth0")
    lb1.wait_state("active")
    since = time.time()
    assert neighbour(client, vip) == VMAC[name]
    eventually(lambda: answers(capture, vip, since), "the answer is seen")
    assert set(answers(capture, vip, since)) == {VMAC[name]}


def test_address_that_comes_to_stand_below_while_active_is_told(lab):
    """To let go would help nobody: the address would be answered for here all the same."""
    form, lb1, _, _ = pair(lab, "v3 ipv4")
    lb1.start().wait_state("active")
    lb1.host.ip("address add 10.0.1.100/32 dev eth0")
    eventually(lambda: lb1.instance()["foreign_addresses"] == [{"address": "10.0.1.100/32", "interface": "eth0"}],
               "it is seen")
    assert len(lb1.events("foreign_address")) == 1 and lb1.state() == "active"
    assert "10.0.1.100/32 is on eth0 and was not put there by baton" in lb1.ctl("why", "VI_1").stdout
    lb1.host.ip("address delete 10.0.1.100/32 dev eth0")
    eventually(lambda: lb1.instance()["foreign_addresses"] == [], "it is gone")


def read(host, key):
    return host.run("cat", f"/proc/sys/net/{key}").stdout.strip()


def test_everything_is_put_back_at_the_end(lab):
    _, lb1, _, _ = pair(lab, "v3 ipv4")
    keys = ["ipv4/conf/eth0/arp_ignore", "ipv4/conf/eth0/arp_announce", "ipv4/conf/all/rp_filter"]
    before = [read(lb1.host, key) for key in keys]
    lb1.start().wait_state("active")
    assert read(lb1.host, keys[0]) == "1"
    assert lb1.stop() == 0
    assert [read(lb1.host, key) for key in keys] == before
    assert link(lb1.host, "vrrp4-51") is None


def test_left_over_of_a_killed_run_is_swept(lab):
    _, lb1, _, _ = pair(lab, "v3 ipv4")
    lb1.start().wait_state("active")
    lb1.kill()
    assert is_up(lb1.host, "vrrp4-51")
    lb1.start().wait_state("active")
    assert lb1.stop() == 0
    assert link(lb1.host, "vrrp4-51") is None


def test_deleted_interface_is_made_again(lab):
    _, lb1, lb2, client = pair(lab, "v3 ipv4")
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    first = link(lb1.host, "vrrp4-51")["ifindex"]
    lb1.host.ip("link delete vrrp4-51")
    eventually(lambda: (link(lb1.host, "vrrp4-51") or {}).get("ifindex", first) != first, "it is made again")
    lb1.wait_state("active")
    eventually(lambda: neighbour(client, "10.0.1.100") == VMAC["v3 ipv4"], "the client finds the address")
    assert not lb2.host.holds("10.0.1.100", "vrrp4-51") or lb2.state() == "backup"


@pytest.mark.parametrize("name", ["lb1", "lb2"])
def test_renamed_interface_is_replaced(lab, name):
    """It would stay behind, with our MAC address, and batond would take it for another daemon's."""
    lb1, lb2 = lab.started_pair(virtual_mac=True)
    renamed = {"lb1": lb1, "lb2": lb2}[name]
    renamed.host.ip("link set vrrp4-51 name elsewhere")
    eventually(lambda: "vrrp4-51@" in renamed.host.ip("-o link show type macvlan").stdout, "it is made again")
    assert "elsewhere" not in renamed.host.ip("-o link show type macvlan").stdout
    lb1.wait_state("active")
    lb2.wait_state("backup")
    await_holder(lb1, lb2, interface="vrrp4-51")
    assert lb1.stop() == 0 and lb2.stop() == 0
    assert renamed.host.ip("-o link show type macvlan").stdout == ""


def test_foreign_interface_of_that_name_is_left_alone(lab):
    _, lb1, _, _ = pair(lab, "v3 ipv4")
    lb1.host.ip("link add vrrp4-51 link eth0 type macvlan mode bridge")
    lb1.launch()
    assert lb1.wait() == 1
    assert "vrrp4-51" in lb1.log.read_text()
    assert link(lb1.host, "vrrp4-51") is not None


def test_mac_address_that_somebody_changes_is_put_back(lab):
    _, lb1, _, client = pair(lab, "v3 ipv4")
    capture = lab.capture()
    lb1.start().wait_state("active")
    lb1.host.ip("link set vrrp4-51 address 02:00:00:00:00:77")
    eventually(lambda: lb1.host.mac("vrrp4-51") == VMAC["v3 ipv4"], "it has its address again")
    eventually(lambda: client.run("ping", "-c", "1", "-W", "1", "10.0.1.100", check=False).returncode == 0,
               "the address answers")
    assert neighbour(client, "10.0.1.100") == VMAC["v3 ipv4"]
    assert lb1.events("virtual_mac_restored")
    assert {one.mac for one in capture.announcements("10.0.1.100")} == {VMAC["v3 ipv4"]}  # no other was ever told


def test_link_that_is_set_down_by_hand_comes_up_again(lab):
    _, lb1, _, client = pair(lab, "v3 ipv4")
    lb1.start().wait_state("active")
    eventually(lambda: is_up(lb1.host, "vrrp4-51"), "the macvlan is up")
    lb1.host.ip("link set vrrp4-51 down")
    eventually(lambda: is_up(lb1.host, "vrrp4-51"), "the macvlan is up again")
    eventually(lambda: client.run("ping", "-c", "1", "-W", "1", "10.0.1.100", check=False).returncode == 0,
               "the address answers")
    assert lb1.instance()["state"] == "active"
    assert lb1.instance()["counters"]["address_repairs"] >= 1


def without_ipv6_in_the_kernel(lab, host):
    """What a kernel that was started with ipv6.disable=1 shows."""
    host.run("mount", "-t", "tmpfs", "none", "/proc/sys/net/ipv6")


def with_small_packets(lab, host):
    """The kernel keeps no IPv6 where the MTU is below 1280."""
    host.ip("link set eth0 mtu 1200")


@pytest.mark.parametrize("without", [without_ipv6_in_the_kernel, with_small_packets])
def test_ipv4_needs_no_ipv6(lab, without):
    _, lb1, _, client = pair(lab, "v3 ipv4")
    without(lab, lb1.host)
    lb1.start().wait_state("active")
    eventually(lambda: neighbour(client, "10.0.1.100") == VMAC["v3 ipv4"], "the client finds the address")


def test_room_for_ipv6_that_comes_later_makes_no_noise(lab):
    _, lb1, lb2, _ = pair(lab, "v3 ipv4")
    lb1.host.ip("link set eth0 mtu 1200")
    lb2.start().wait_state("active")
    lb1.config["instances"]["VI_1"]["priority"] = 90
    lb1.write_config()
    lb1.start().wait_state("backup")
    lb1.host.ip("link set eth0 mtu 1500")
    lb1.host.ip("link set vrrp4-51 mtu 1500")
    lb1.host.sysctl("ipv6/conf/vrrp4-51/disable_ipv6", 0)
    lb2.stop()
    lb1.wait_state("active")
    assert read(lb1.host, "ipv6/conf/vrrp4-51/disable_ipv6") == "1"


def test_ipv6_that_is_off_by_default_is_on_where_it_is_needed(lab):
    _, lb1, _, client = pair(lab, "v3 ipv6")
    lb1.host.sysctl("ipv6/conf/default/disable_ipv6", 1)
    lb1.start().wait_state("active")
    assert read(lb1.host, "ipv6/conf/default/disable_ipv6") == "1"
    vip = FORMS["v3 ipv6"].addresses[-1].split("/")[0]
    eventually(lambda: neighbour(client, vip) == VMAC["v3 ipv6"], "the client finds the address")


def test_list_that_the_mtu_does_not_hold_is_a_fault_before_anything_is_taken(lab):
    capture = lab.capture()
    _, lb1, _, client = pair(lab, "v3 ipv4")
    lb1.config["instances"]["VI_1"]["addresses"] += [f"10.0.9.{number}/32" for number in range(1, 200)]
    lb1.write_config()
    lb1.host.ip("link set eth0 mtu 827")  # 200 of them need 828
    lb1.start()
    assert lb1.wait_state("fault")["reason"] == (
        "eth0, with its MTU of 827, carries no advert of 828 octets from a virtual MAC address, which goes in one "
        "piece: raise the MTU, or take no more than 199 addresses")
    assert [fault["name"] for fault in lb1.instance()["faults"]] == ["advert_too_long"]
    lb1.host.ip("link set eth0 mtu 828")
    lb1.wait_state("active")
    eventually(lambda: neighbour(client, "10.0.1.100") == VMAC["v3 ipv4"], "the client finds the address")
    assert capture.adverts()
    lb1.host.ip("link set eth0 mtu 800")
    assert lb1.wait_state("fault")["reason_code"] == "fault"
    assert [one["to"] for one in lb1.transitions()] == ["fault", "backup", "active", "fault"]
