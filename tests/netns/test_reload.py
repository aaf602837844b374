"""A living batond takes another configuration: what is equal is not disturbed, what is wrong changes nothing."""
import copy
import itertools
import json
import re
import signal
import time

from tests.lab.batond import VIP, UnixConnection, configuration, script
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard
from tests.netns.timing import SLACK

OTHER = "10.0.1.110"


def reload(daemon, *words, check=True):
    daemon.write_config()
    return daemon.ctl("reload", *words, check=check)


def told(daemon):
    """The last thing the log says of a reload that was done."""
    return daemon.events("reloaded")[-1]["message"]


def second(vrid=52, address=f"{OTHER}/24", **settings):
    return {"interface": "eth0", "vrid": vrid, "addresses": [address], "advert_interval": "100ms", **settings}


def gaps(adverts):
    return [after.time - before.time for before, after in itertools.pairwise(adverts)]


def undisturbed(daemon, name="VI_1"):
    """What a reload must not move."""
    shown = daemon.instance(name)
    assert shown["since"] == shown["transitions"][-1]["at"]
    return {key: shown[key] for key in ("state", "since", "reason", "transitions", "active_adver_interval_ms")}


def test_bad_configuration_changes_nothing_and_all_errors_come_back(lab):
    lb1, lb2 = lab.started_pair()
    before = undisturbed(lb1)
    good = lb1.config
    lb1.config = copy.deepcopy(good)
    lb1.config["instances"]["VI_1"].update(vrid=300, priority="high", interface="eth7")
    lb1.config["instances"]["VI_2"] = second()
    refused = reload(lb1, check=False)
    assert refused.returncode == 78 and refused.stdout == ""
    lines = refused.stderr.splitlines()
    assert len(lines) == 4 and lines[-1] == "batonctl: 3 errors in the configuration; nothing was changed"
    for pointer in ("vrid", "priority", "interface"):
        place = rf"^{re.escape(str(lb1.config_file))}:\d+:\d+: /instances/VI_1/{pointer}: "
        assert any(re.match(place, line) for line in lines), lines
    lb1.signal(signal.SIGHUP)
    eventually(lambda: len(lb1.events("not_reloaded")) == 2, "the log has it both times")
    assert len(lb1.events("not_reloaded")[1]["errors"]) == 3
    lb1.config = {**good, "state_dir": "/elsewhere"}
    refused = reload(lb1, check=False)
    assert refused.returncode == 1 and "restart batond to change it" in refused.stderr
    lb1.config_file.unlink()
    assert lb1.ctl("reload", check=False).returncode == 78
    heard(lb2, 5)
    assert undisturbed(lb1) == before
    assert [one["name"] for one in lb1.status()["instances"]] == ["VI_1"]


def test_reload_without_a_difference_keeps_the_phase_of_the_adverts(lab, report):
    """Row C162 of docs/conformance.md."""
    interval = 1.5
    capture = lab.capture()
    lb1, lb2 = lab.started_pair(advert_interval="1500ms")
    before = undisturbed(lb1), undisturbed(lb2)
    reloads = 0
    for _ in range(3):
        heard(lb2, 1)
        # A phase that a reload moved would make the next advert as late as the last of these reloads is: beyond what
        # a busy machine may add.
        began = time.monotonic()
        while time.monotonic() - began < SLACK + 0.3:
            reload_either_way(lb1, reloads)
            reload_either_way(lb2, reloads)
            reloads += 1
    heard(lb2, 1)
    assert (undisturbed(lb1), undisturbed(lb2)) == before
    adverts = capture.adverts("10.0.1.2")
    assert {one.priority for one in adverts} == {101}
    assert capture.adverts("10.0.1.3") == []
    report(f"{reloads} reloads without a difference: {len(adverts)} adverts, gaps {1000 * min(gaps(adverts)):.1f} to "
           f"{1000 * max(gaps(adverts)):.1f} ms at {1000 * interval:.0f} ms")
    assert max(gaps(adverts)) < interval + SLACK


def reload_either_way(daemon, number):
    """By batonctl and by SIGHUP in turn, where nothing has changed."""
    if number % 2:
        assert reload(daemon).stdout.startswith("nothing has changed")
        return
    done = len(daemon.events("reloaded"))
    daemon.signal(signal.SIGHUP)
    eventually(lambda: len(daemon.events("reloaded")) > done, "SIGHUP reloads")


def test_dry_run_tells_and_changes_nothing(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms").start()
    lb1.wait_state("active")
    before = undisturbed(lb1)
    lb1.config["instances"]["VI_1"].update(priority=150, vrid=77)
    lb1.config["instances"]["VI_2"] = second()
    lb1.config["checks"]["true"] = script(["/bin/true"])
    planned = reload(lb1, "--dry-run").stdout.splitlines()
    assert planned == ["a reload would do this:", "  check true is added", "  instance VI_1 is restarted (vrid, priority)",
                       "  instance VI_2 is added", "  0 instances, 0 checks, 0 sync groups unchanged"]
    shown = json.loads(lb1.ctl("--json", "reload", "--dry-run").stdout)
    assert shown["dry_run"] and [one["change"] for one in shown["changes"]] == ["added", "restarted", "added"]
    assert shown["changes"][1]["keys"] == ["vrid", "priority"]
    assert undisturbed(lb1) == before and len(lb1.status()["instances"]) == 1
    lb1.config["instances"]["VI_2"]["vrid"] = 300
    assert reload(lb1, "--dry-run", check=False).returncode == 78
    (told,) = lb1.events("dry_run_refused")
    assert told["level"] == "info" and len(told["errors"]) == 1
    assert lb1.events("reloaded") == lb1.events("not_reloaded") == []


def test_the_api_reloads_with_post_only(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms").start()
    assert lb1.get("/v1/reload")[0] == 405
    answers = []
    for target, body in (("/v1/reload?dry_run=1", None), ("/v1/reload", None), ("/v1/reload?dryrun=1", None),
                         ("/v1/reload", '{"dry_run": true}')):
        connection = UnixConnection(lb1.socket, 10)
        connection.request("POST", target, body)
        answers.append(connection.getresponse().status)
        connection.close()
    assert answers == [200, 200, 400, 400]
    assert len(lb1.events("reloaded")) == 1


def test_addresses_come_and_go_in_place(lab):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    before = undisturbed(lb1)
    for daemon in (lb2, lb1):
        daemon.config["instances"]["VI_1"]["addresses"] = [f"{VIP}/24", f"{OTHER}/24"]
        assert "instance VI_1 is changed (addresses)" in reload(daemon).stdout
    assert lb1.host.holds(VIP) and lb1.host.holds(OTHER)
    eventually(lambda: capture.announcements(OTHER), "the new address is announced")
    heard(lb2, 3)
    for daemon in (lb2, lb1):
        daemon.config["instances"]["VI_1"]["addresses"] = [f"{OTHER}/24"]
        reload(daemon)
    assert lb1.host.holds(OTHER) and not lb1.host.holds(VIP)
    heard(lb2, 5)
    assert undisturbed(lb1) == before
    assert lb1.counters()["address_repairs"] == 0 and lb1.events("address_repaired") == []
    assert {one.priority for one in capture.adverts("10.0.1.2")} == {101}
    counts = [int(row[0]) for row in capture.tshark("vrrp", "vrrp.addr_count")]
    assert [count for count, _ in itertools.groupby(counts)] == [1, 2, 1]
    assert lb1.stop() == 0
    await_holder(lb2, lb1, address=OTHER)


def test_priority_and_interval_change_in_place(lab):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    lb1.config["instances"]["VI_1"].update(priority=120, advert_interval="300ms", preempt_delay="1s")
    before = undisturbed(lb1)
    assert "(priority, advert_interval, preempt_delay)" in reload(lb1).stdout
    heard(lb2, 5)
    assert lb2.instance()["active_adver_interval_ms"] == 300
    assert undisturbed(lb1) == {**before, "active_adver_interval_ms": before["active_adver_interval_ms"]}
    lb1.config["instances"]["VI_1"]["priority"] = 90  # lb2 preempts
    reload(lb1)
    assert lb1.wait_state("backup")["reason_code"] == "higher_priority"
    await_holder(lb2, lb1)
    assert {one.priority for one in capture.adverts("10.0.1.2")} == {101, 120, 90}


def test_instances_come_and_go_and_the_others_miss_no_advert(lab, report):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    before = undisturbed(lb1), undisturbed(lb2)
    for daemon, priority in ((lb1, 101), (lb2, 100)):
        daemon.config["instances"]["VI_2"] = second(priority=priority, virtual_mac=True)
        assert "instance VI_2 is added" in reload(daemon).stdout
    lb1.wait_state("active", "VI_2")
    lb2.wait_state("backup", "VI_2")
    heard(lb2, 3, "VI_2")
    assert lb1.host.holds(OTHER, "vrrp4-52")
    del lb1.config["instances"]["VI_2"]
    assert "instance VI_2 is removed" in reload(lb1).stdout
    # It hands over like one that is stopped: the successor is there at once.
    assert lb2.wait_state("active", "VI_2")["reason_code"] == "peer_resigned"
    eventually(lambda: len(lb1.status()["instances"]) == 1, "it has gone from the status")
    assert lb2.host.holds(OTHER, "vrrp4-52")
    eventually(lambda: not lb1.host.ip("-j link show dev vrrp4-52", check=False).stdout.strip(),
               "nothing of it is left on lb1")
    assert lb1.host.addresses() == ["10.0.1.2/24", f"{VIP}/24"]
    assert lb1.host.run("cat", "/proc/sys/net/ipv4/conf/eth0/arp_ignore").stdout.strip() == "0"
    heard(lb2, 5)
    assert (undisturbed(lb1), undisturbed(lb2)) == before
    adverts = [one for one in capture.adverts("10.0.1.2") if one.vrid == 51]
    assert {one.priority for one in adverts} == {101}
    report(f"an instance added and removed: gaps of the other's adverts up to {1000 * max(gaps(adverts)):.1f} ms at 100 ms")
    assert max(gaps(adverts)) < 0.1 + SLACK
    assert [one for one in capture.adverts("10.0.1.2") if one.vrid == 52][-1].priority == 0


def test_what_cannot_change_in_place_hands_over_and_begins_anew(lab):
    lab.network.add_bridge("br1")
    lb1, lb2 = lab.pair()
    for number, daemon in ((2, lb1), (3, lb2)):
        lab.network.connect(daemon.host, "eth1", f"10.0.2.{number}/24", "br1")
        daemon.config["instances"]["VI_2"] = second(priority=100 - number)
        daemon.write_config()
    lb1.start().wait_state("active")
    lb1.wait_state("active", "VI_2")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    other = undisturbed(lb1, "VI_2")
    lb1.config["instances"]["VI_1"].update(interface="eth1", addresses=["10.0.2.100/24"])
    assert "instance VI_1 is restarted (interface, addresses)" in reload(lb1).stdout
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    await_holder(lb2, lb1)
    lb1.wait_state("active")
    assert lb1.host.holds("10.0.2.100", "eth1")
    assert [one["to"] for one in lb1.transitions()] == ["backup", "active", "initialize", "backup", "active"]
    assert undisturbed(lb1, "VI_2") == other
    assert told(lb1) == ("the configuration was read again: instance VI_1 is restarted (interface, addresses), "
                         "1 instance, 0 checks, 0 sync groups unchanged")


def test_the_last_instance_on_an_interface_leaves_by_an_advert_that_comes_in_there(lab):
    """Its successor's advert takes away the socket that is just being read."""
    lab.network.add_bridge("br1")
    lb1, lb2 = lab.pair()
    for number, daemon in ((2, lb1), (3, lb2)):
        lab.network.connect(daemon.host, "eth1", f"10.0.2.{number}/24", "br1")
        daemon.config["instances"]["VI_2"] = second(address="10.0.2.100/24", interface="eth1", priority=102 - number)
        daemon.write_config()
    lb1.start().wait_state("active", "VI_2")
    lb1.wait_state("active")
    lb2.start().wait_state("backup", "VI_2")
    heard(lb2, 1, "VI_2")
    before = undisturbed(lb1)
    del lb1.config["instances"]["VI_2"]
    assert "instance VI_2 is removed" in reload(lb1).stdout
    assert lb2.wait_state("active", "VI_2")["reason_code"] == "peer_resigned"
    eventually(lambda: len(lb1.status()["instances"]) == 1, "it has gone from the status")
    assert not lb1.host.holds("10.0.2.100", "eth1")
    heard(lb2, 3)
    assert undisturbed(lb1) == before


def test_refused_at_the_kernel_it_leaves_no_table_and_no_interface_behind(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms").start()
    lb1.wait_state("active")
    lb1.host.ip("link add vrrp4-52 link eth0 type macvlan mode bridge")  # somebody's
    lb1.config["instances"]["VI_2"] = second(virtual_mac=True, accept=False)
    lb1.config["instances"]["VI_3"] = second(vrid=53, address="10.0.1.120/24", virtual_mac=True)
    refused = reload(lb1, check=False)
    assert refused.returncode == 1 and "vrrp4-52" in refused.stderr and "nothing was changed" in refused.stderr
    assert lb1.host.run("nft", "list", "tables").stdout == ""
    links = {link["ifname"] for link in json.loads(lb1.host.run("ip", "-json", "link").stdout)}
    assert "vrrp4-52" in links and "vrrp4-53" not in links
    lb1.host.ip("link delete vrrp4-52")
    reload(lb1)
    assert "table inet baton" in lb1.host.run("nft", "list", "tables").stdout


def test_an_address_moves_from_one_that_begins_anew_to_one_that_stays(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
    lb1.config["instances"]["VI_2"] = second()
    lb1.write_config()
    lb1.start()
    for name in ("VI_1", "VI_2"):
        lb1.wait_state("active", name)
    lb1.config["instances"]["VI_1"].update(vrid=61, addresses=["10.0.1.120/24"])
    lb1.config["instances"]["VI_2"]["addresses"].append(f"{VIP}/24")
    reload(lb1)
    eventually(lambda: lb1.instance("VI_2")["addresses"] == [f"{OTHER}/24", f"{VIP}/24"], "it has the address")
    eventually(lambda: lb1.host.holds(VIP), "it holds the address")
    lb1.wait_state("active", "VI_1")
    assert lb1.instance("VI_2")["counters"]["address_repairs"] == 0


def test_checks_change_while_they_run(lab, tmp_path):
    good = tmp_path / "good"
    good.touch()
    checks = {"file": script(["/usr/bin/test", "-e", str(good)], interval="200ms"), "same": script(["/bin/true"])}
    track = [{"check": "file", "weight": -20}, {"check": "same", "weight": -20}]
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=101, advert_interval="100ms", checks=checks, track=track)
    lb1.start().wait_state("active")
    before = undisturbed(lb1)

    def check(name):
        return next(one for one in lb1.status()["checks"] if one["name"] == name)

    since = check("same")["since"]
    # Another program, which says the same, and a new one, of which nothing is known yet.
    lb1.config["checks"]["file"] = script(["/usr/bin/stat", str(good)], interval="200ms")
    lb1.config["checks"]["slow"] = script(["/bin/sleep", "3600"], timeout="3500s", interval="3600s")
    track.append({"check": "slow", "weight": 0})
    assert reload(lb1).stdout.splitlines()[1:4] == [
        "  check file is changed (run)", "  check slow is added", "  instance VI_1 is changed (track)"]
    assert check("file")["state"] == "up" and check("slow")["state"] == "unknown"
    good.unlink()
    eventually(lambda: check("file")["state"] == "down", "the new program is the one that runs")
    assert "stat" in check("file")["last"]["detail"]
    assert lb1.instance()["priority"]["effective"] == 81
    assert undisturbed(lb1) == before
    lb1.config["checks"]["slow"] = script(["/bin/false"], interval="200ms")
    reload(lb1)
    assert lb1.wait_state("fault")["reason"] == "check slow is down"
    del lb1.config["checks"]["slow"], lb1.config["checks"]["file"], track[2], track[0]
    reload(lb1)
    lb1.wait_state("active")
    assert lb1.instance()["priority"]["effective"] == 101
    assert [one["name"] for one in lb1.status()["checks"]] == ["same"]
    assert check("same")["since"] == since
    left = lb1.host.run("pgrep", "-f", "sleep 3600", check=False).stdout.split()
    assert left == []


def test_a_member_joins_its_group_and_nobody_moves(lab):
    lb1, lb2 = lab.started_pair()
    for daemon, priority in ((lb1, 101), (lb2, 100)):
        daemon.config["instances"]["VI_2"] = second(priority=priority)
        daemon.config["sync_groups"] = {"front": ["VI_1", "VI_2"]}
    before = undisturbed(lb1), undisturbed(lb2)
    assert "sync group front is added" in reload(lb2).stdout
    heard(lb2, 10)
    reload(lb1)
    lb1.wait_state("active", "VI_2")
    lb2.wait_state("backup", "VI_2")
    assert (undisturbed(lb1), undisturbed(lb2)) == before
    assert lb1.stop() == 0
    eventually(lambda: lb2.state() == lb2.state("VI_2") == "active", "they move together")


def test_a_configuration_that_fits_another_host_is_no_trap(lab):
    """Renamed: one goes, the other comes; the VRID is never there twice."""
    lb1, lb2 = lab.started_pair()
    config = configuration("lb1", name="renamed", priority=101, advert_interval="100ms")
    lb1.config = config
    assert reload(lb1).stdout.splitlines()[1:3] == ["  instance renamed is added", "  instance VI_1 is removed"]
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    lb1.wait_state("active", "renamed")
    await_holder(lb1, lb2)
    assert [one["name"] for one in lb1.status()["instances"]] == ["renamed"]
