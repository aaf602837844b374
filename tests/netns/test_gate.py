"""A gate before Active, on a real node: before_active hooks hold back the takeover, and nothing else."""
import re
import socket
import time

from tests.lab.batond import VIP, configuration, seconds
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, holders
from tests.netns.test_hooks import notes, noted, noting, program


def waiting(lab, name):
    """A gate that is passed once the file of that name exists; notes how many addresses are there then."""
    directory = lab.network.directory
    passes = directory / name
    return passes, {"run": [program(lab, f"gate-{name}", f"until [ -e {passes} ]; do sleep 0.05; done\n"
                                    f"ip -o address show dev eth0 | grep -c {VIP} > {directory}/held-{name}; true")],
                    "timeout": "5s"}


def node(lab, name, address, priority, hooks):
    return lab.batond(lab.host(name, f"{address}/24"), configuration(
        name, priority=priority, advert_interval="100ms", hooks=hooks))


def test_others_take_over_while_it_runs_and_are_preempted_after_it(lab):
    passes, gate = waiting(lab, "passes")
    capture = lab.capture()
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {"before_active": [gate], "active": [noting(lab, "$BATON_EVENT")]})
    lb2 = node(lab, "lb2", "10.0.1.3", 100, {})
    lb1.start()
    eventually(lambda: lb1.instance()["gate_running"], "lb1 is at its gate")
    lb2.start().wait_state("active")
    assert "VI_1      backup (at its gate)" in lb1.ctl("status").stdout
    assert any(line.startswith("At its gate") for line in lb1.ctl("why", "VI_1").stdout.splitlines())
    assert lb1.instance()["hooks"]["runs"][-1]["event"] == "before_active"
    assert holders(lb1) == []
    passes.touch()
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    noted(lab, ["active"])
    assert (lab.network.directory / "held-passes").read_text() == "0\n"
    taken = seconds(lb1.transitions()[-1]["at"])
    eventually(lambda: capture.adverts("10.0.1.2"), "lb1 advertises")
    assert all(advert.time >= taken - 0.001 for advert in capture.adverts("10.0.1.2"))


def test_a_gate_that_fails_is_a_fault_and_is_tried_again(lab):
    directory = lab.network.directory
    fails = program(lab, "fails", f'echo "$BATON_EVENT" >> {directory}/notes; echo "no disk"; [ -e {directory}/mended ]')
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {"before_active": [{"run": [fails], "timeout": "1s"}], "fault": [noting(lab, "$BATON_EVENT")]})
    lb1.start().wait_state("fault")
    assert lb1.instance()["faults"] == [{"name": "gate_failed",
                                         "text": f"its before_active hooks failed: {fails}: exit status 1: no disk"}]
    assert lb1.instance()["hooks"]["runs"][0]["output"] == "no disk\n"
    noted(lab, ["before_active", "fault"])
    (directory / "mended").touch()
    lb1.wait_state("active")
    assert notes(lab)[-1] == "before_active"


def test_a_better_router_closes_it_and_what_it_did_is_undone(lab):
    _, gate = waiting(lab, "never")
    directory = lab.network.directory
    pid = program(lab, "pid", f"echo $$ > {directory}/pid; exec {gate['run'][0]}")
    lb2 = node(lab, "lb2", "10.0.1.3", 100, {"before_active": [{"run": [pid], "timeout": "20s"}], "backup": [noting(lab, "$BATON_EVENT")]})
    lb2.start()
    eventually(lambda: lb2.instance()["gate_running"], "lb2 is at its gate")
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {}).start()
    lb1.wait_state("active")
    eventually(lambda: not lb2.instance()["gate_running"], "the gate is closed")
    noted(lab, ["backup", "backup"])
    eventually(lambda: lb2.instance()["hooks"]["runs"][-1]["state"] != "running", "the last of them has ended")
    assert [run["state"] for run in lb2.instance()["hooks"]["runs"]] == ["ok", "superseded", "ok"]
    assert lb2.events("gate_dropped")
    assert lb2.state() == "backup"


def test_a_handover_waits_for_the_gate_of_the_successor(lab):
    passes, gate = waiting(lab, "passes")
    passes.touch()
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {"before_active": [gate]})
    lb1.start().wait_state("active")
    lb2 = node(lab, "lb2", "10.0.1.3", 100, {"before_active": [gate], "backup": [noting(lab, "$BATON_EVENT")]})
    lb2.start()
    noted(lab, ["backup"])
    passes.unlink()
    lb1.terminate()
    eventually(lambda: lb2.instance()["gate_running"], "lb2 is at its gate")
    since = time.monotonic()
    while time.monotonic() < since + 0.6:  # three times as long as without a gate: two Skew_Times are 0.2 s
        assert lb1.instance()["handing_over"]
        assert holders(lb1, lb2) == ["lb1"]
    passes.touch()
    lb2.wait_state("active")
    assert lb1.wait() == 0
    await_holder(lb2, lb1)
    assert lb1.events("transition")[-1]["reason_code"] == "shutdown_handover"


def test_the_gate_of_a_group_holds_back_all_its_members(lab):
    passes, gate = waiting(lab, "passes")
    config = configuration("lb1", advert_interval="100ms", priority=101)
    config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.101/24"],
                                   "advert_interval": "100ms"}
    config["sync_groups"] = {"mail": {"members": ["VI_1", "VI_2"], "hooks": {"before_active": [gate]}}}
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config).start()
    for name in ("VI_1", "VI_2"):
        eventually(lambda name=name: lb1.instance(name)["gate_running"] or lb1.instance(name)["active_down_timer_ms"] is None,
                   f"{name} waits")
    eventually(lambda: lb1.status()["sync_groups"][0]["hooks"]["runs"], "the group's gate runs")
    assert [lb1.state(name) for name in ("VI_1", "VI_2")] == ["backup", "backup"]
    passes.touch()
    for name in ("VI_1", "VI_2"):
        lb1.wait_state("active", name)


def test_systemd_is_told_that_a_stop_may_wait_for_the_gate_of_a_successor(lab):
    passes, gate = waiting(lab, "passes")
    passes.touch()
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {"before_active": [{**gate, "timeout": "5s"}]})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(15)
        systemd.bind(str(lab.network.directory / "notify"))
        lb1.launch("env", f"NOTIFY_SOCKET={lab.network.directory}/notify")
        lb1.wait_ready().wait_state("active")
        lb1.terminate()
        told = ""
        while "EXTEND_TIMEOUT_USEC" not in told:
            told = systemd.recv(4096).decode()
        assert int(re.search(r"EXTEND_TIMEOUT_USEC=(\d+)", told)[1]) >= (82 + 5 + 2) * 1_000_000
        assert lb1.running()


def test_hooks_that_a_reload_puts_in_place_of_a_running_gate_are_run(lab):
    _, never = waiting(lab, "never")
    lb1 = node(lab, "lb1", "10.0.1.2", 200, {"before_active": [{**never, "timeout": "60s"}]})
    lb1.start()
    eventually(lambda: lb1.instance()["hooks"]["runs"], "lb1 is at its gate")
    lb1.config["instances"]["VI_1"]["hooks"] = {"before_active": [{**noting(lab, "$BATON_EVENT"), "timeout": "1s"}]}
    lb1.write_config()
    assert "instance VI_1 is changed (hooks)" in lb1.ctl("reload").stdout
    lb1.wait_state("active")
    assert notes(lab) == ["before_active"]
