"""Hooks on a real node: what they are told, in which order they run, and how they end."""
import json
import os
import random
import signal
from pathlib import Path

import pytest

from tests.lab.batond import VIP, configuration, seconds
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, holders
from tests.netns.test_tracking import alive, exists, flag


def program(lab, name, text):
    """A program of the operator's."""
    path = lab.network.directory / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def noting(lab, words, name="note"):
    """A hook that adds a line to the file `notes`."""
    return {"run": [program(lab, name, f'echo "{words}" >> {lab.network.directory}/notes')]}


def notes(lab):
    path = lab.network.directory / "notes"
    return path.read_text().splitlines() if path.exists() else []


def noted(lab, lines, timeout=15.0):
    eventually(lambda: notes(lab) == lines, f"the hooks note {lines}, not {notes(lab)}", timeout)


def hooked(lab, hooks, **settings):
    """lb1, not started, with a check that is up while a file exists; without it the instance is in fault."""
    well = flag(lab)
    daemon = lab.batond(lab.host("lb1", "10.0.1.2/24"), configuration(
        "lb1", priority=101, advert_interval="100ms", hooks=hooks, checks={"service": exists(well)},
        track=[{"check": "service"}], **settings))
    return daemon, well


def runs(daemon):
    return daemon.instance()["hooks"]["runs"]


def test_environment_and_input_tell_of_the_transition(lab):
    directory = lab.network.directory
    teller = program(lab, "tell", f'env | grep ^BATON_ | sort > {directory}/env.new; cat > {directory}/json.new; pwd '
                                  f'> {directory}/cwd; umask > {directory}/umask; echo "$MORE" > {directory}/more; '
                                  f'mv {directory}/json.new {directory}/json; mv {directory}/env.new {directory}/env')
    lb1, _ = hooked(lab, {"active": [{"run": [teller], "directory": "/usr", "umask": "027",
                                      "environment": {"MORE": "a b"}}]})
    lb1.start().wait_state("active")
    taken = lb1.transitions()[-1]
    eventually(lambda: (directory / "env").exists(), "the hook has run")
    environment = dict(line.split("=", 1) for line in (directory / "env").read_text().splitlines())
    expected = {
        "BATON_NODE": "lb1", "BATON_INSTANCE": "VI_1", "BATON_GROUP": "", "BATON_EVENT": "active", "BATON_STATE": "active",
        "BATON_PREVIOUS_STATE": taken["from"], "BATON_REASON_CODE": taken["reason_code"],
        "BATON_REASON": taken["reason"], "BATON_PRIORITY": "101", "BATON_INTERFACE": "eth0",
        "BATON_ADDRESSES": f"{VIP}/24", "BATON_ACTIVE_ROUTER": "10.0.1.2", "BATON_TRANSITION": str(taken["number"])}
    assert {name: environment.get(name) for name in expected} == expected  # the lab has variables of that kind, too
    told = json.loads((directory / "json").read_text())
    assert told == {
        "node": "lb1", "instance": "VI_1", "group": None, "event": "active", "state": "active",
        "previous_state": taken["from"], "reason_code": taken["reason_code"], "reason": taken["reason"],
        "priority": 101, "interface": "eth0", "addresses": [f"{VIP}/24"], "active_router": "10.0.1.2",
        "transition": taken["number"]}
    assert (directory / "cwd").read_text() == "/usr\n"
    assert (directory / "umask").read_text() == "0027\n"
    assert (directory / "more").read_text() == "a b\n"


def test_the_hook_of_the_state_reached_runs_also_after_a_crash(lab):
    """Whatever was lost with a killed batond is made up for by the next one."""
    directory = lab.network.directory
    hang = program(lab, "hang", f"echo $$ > {directory}/pid; exec sleep 1000")
    lb1, _ = hooked(lab, {"backup": [noting(lab, "$BATON_EVENT", "note1")], "active": [{"run": [hang]}]})
    lb1.start().wait_state("active")
    eventually(lambda: (directory / "pid").exists() and (directory / "pid").read_text(), "the hook runs")
    pid = int((directory / "pid").read_text())
    lb1.kill()
    eventually(lambda: not alive(pid), "the hook died with batond")
    (directory / "pid").unlink()
    lb1.start().wait_state("active")
    eventually(lambda: (directory / "pid").exists(), "the hook runs again")
    assert notes(lab)[-1] == "backup"


def test_a_storm_of_transitions(lab, report):
    """Never two at once, the last one run is that of the final state, nothing is left over."""
    directory = lab.network.directory
    # The lock goes with the last process that holds it: descriptor 9 is kept from the sleep.
    storm = program(lab, "storm", f'exec 9> {directory}/lock; flock -n 9 || echo "two at once" >> {directory}/notes\n'
                                  f'echo "begin $BATON_TRANSITION $BATON_EVENT" >> {directory}/notes\n'
                                  f'sleep 0.$(($$ % 4)) 9>&-; echo "end $BATON_TRANSITION $BATON_EVENT" >> {directory}/notes')
    entry = [{"run": [storm]}]
    lb1, _ = hooked(lab, {"active": entry, "backup": entry, "fault": entry})
    capture = lab.capture()
    lb1.start().wait_state("active")
    eventually(lambda: any(line.startswith("end ") for line in notes(lab)), "the first hook has ended")
    descriptors = len(os.listdir(f"/proc/{lb1.pid}/fd"))
    before = lb1.transitions()[-1]["number"]
    chance = random.Random(5)
    for _ in range(100):
        for word in ("down", "up"):
            lb1.ctl("check", "service", word)
            if chance.random() < 0.3:
                eventually(lambda: lb1.state() in ("active", "fault"), "it settles")
    lb1.ctl("check", "service", "auto")
    lb1.wait_state("active")
    last = lb1.transitions()[-1]
    eventually(lambda: notes(lab)[-1] == f"end {last['number']} active", "the hook of the final state is the last to end",
               timeout=30)
    eventually(lambda: len(os.listdir(f"/proc/{lb1.pid}/fd")) <= descriptors, "no descriptor is left over")
    assert "two at once" not in notes(lab)
    children = Path(f"/proc/{lb1.pid}/task/{lb1.pid}/children")
    if children.exists():
        def none_of_hooks():
            # The check's own runs come and go; no zombie stays.
            return not any("storm" in Path(f"/proc/{pid}/cmdline").read_text() for pid in children.read_text().split()
                           if Path(f"/proc/{pid}/cmdline").exists())
        eventually(none_of_hooks, "no hook is left")
    ended = lb1.events("hook_ended")
    states = [event["state"] for event in ended]
    assert [event for event in ended if event["state"] not in ("ok", "superseded")] == []
    begun = sum(line.startswith("begin ") for line in notes(lab))
    numbers = [int(line.split()[1]) for line in notes(lab) if line.startswith("begin ")]
    assert numbers == sorted(numbers)
    report(f"{last['number'] - before} transitions: {begun} hooks begun, {states.count('superseded')} superseded")
    eventually(lambda: len(capture.adverts("10.0.1.2", after=seconds(last["at"]))) >= 10, "ten adverts")
    times = [advert.time for advert in capture.adverts("10.0.1.2", after=seconds(last["at"]))]
    gap = max(later - sooner for sooner, later in zip(times, times[1:]))
    report(f"longest time between two adverts after the last takeover: {1000 * gap:.0f} ms at 100 ms adverts")


def test_a_long_hook_delays_no_advert(lab):
    capture = lab.capture()
    lb1, _ = hooked(lab, {"active": [{"run": "sleep 2; exit 1", "timeout": "10s"}]})
    lb1.start().wait_state("active")
    assert runs(lb1)[-1]["state"] == "running"
    assert any(line.startswith("Hook active (/bin/sh -c sleep 2; exit 1) is running since ")
               for line in lb1.ctl("why", "VI_1").stdout.splitlines())
    eventually(lambda: runs(lb1)[-1]["state"] == "failed", "it fails")
    assert any("failed at" in line and line.endswith("exit status 1")
               for line in lb1.ctl("why", "VI_1").stdout.splitlines())
    times = [advert.time for advert in capture.adverts("10.0.1.2")]
    gaps = [later - sooner for sooner, later in zip(times, times[1:])]
    assert len(gaps) >= 10
    assert max(gaps) < 0.6  # one that waits for its hook would be silent for two seconds


def test_timeout_ends_it_with_all_that_it_started(lab):
    pids = lab.network.directory / "pids"
    hang = program(lab, "hang", f"trap '' TERM\nsleep 1000 &\necho $$ $! > {pids}.new; mv {pids}.new {pids}\necho hanging\nwait\n"
                                "while :; do sleep 1; done")
    lb1, _ = hooked(lab, {"active": [{"run": [hang], "timeout": "500ms"}]})
    lb1.start().wait_state("active")
    run = eventually(lambda: [one for one in runs(lb1) if one["state"] == "failed"], "it has timed out")[0]
    assert run["detail"] == "timed out after 500ms"
    assert run["output"].startswith("hanging\n")
    assert run["status"] is None
    for pid in pids.read_text().split():
        eventually(lambda pid=pid: not alive(int(pid)), "it is gone")
    assert lb1.events("hook_ended")[-1]["level"] == "warning"
    assert lb1.state() == "active"


def test_a_newer_state_supersedes(lab):
    lb1, well = hooked(lab, {"active": [{"run": "trap 'exit 0' TERM; while :; do sleep 0.1; done"}],
                             "fault": [noting(lab, "$BATON_EVENT")]})
    lb1.start().wait_state("active")
    eventually(lambda: runs(lb1), "the hook runs")
    well.unlink()
    noted(lab, ["fault"])
    eventually(lambda: [(run["event"], run["state"]) for run in runs(lb1)][-2:] == [("active", "superseded"), ("fault", "ok")],
               "one is superseded, the other ends well")
    assert runs(lb1)[-2]["detail"].startswith("superseded by fault")


def test_stop_hooks_run_once_the_address_is_gone_and_batond_waits(lab):
    host_holds = f"ip -o address show dev eth0 | grep -c {VIP}"
    lb1, _ = hooked(lab, {"stop": [{"run": [program(
        lab, "stop", f'sleep 1; echo "$BATON_EVENT $BATON_PREVIOUS_STATE $({host_holds})" >> {lab.network.directory}/notes')]}]})
    lb1.start().wait_state("active")
    assert lb1.stop() == 0
    assert notes(lab) == ["stop active 0"]
    assert lb1.events("hook_ended")[-1]["state"] == "ok"


def test_a_second_signal_ends_it_at_once(lab):
    pid = lab.network.directory / "pid"
    hang = program(lab, "hang", f"echo $$ > {pid}; exec sleep 1000")
    lb1, _ = hooked(lab, {"stop": [{"run": [hang], "timeout": "1h"}]})
    lb1.start().wait_state("active")
    lb1.terminate()
    eventually(lambda: pid.exists() and pid.read_text(), "the stop hook runs")
    assert lb1.running()
    assert holders(lb1) == []
    assert lb1.stop() == 0
    assert not alive(int(pid.read_text()))
    assert lb1.events("hooks_abandoned")[0]["names"] == ["VI_1"]


def test_deleted_runs_when_a_reload_removes_the_instance(lab):
    lb1, _ = hooked(lab, {"deleted": [noting(lab, "$BATON_INSTANCE $BATON_EVENT $BATON_PREVIOUS_STATE")]})
    lb1.config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.101/24"],
                                       "advert_interval": "100ms"}
    lb1.write_config()
    lb1.start().wait_state("active")
    del lb1.config["instances"]["VI_1"]
    lb1.write_config()
    lb1.ctl("reload")
    noted(lab, ["VI_1 deleted active"])


def test_hooks_changed_by_a_reload_count_from_the_next_event(lab):
    lb1, well = hooked(lab, {"fault": [noting(lab, "old", "old")]})
    lb1.start().wait_state("active")
    before = lb1.transitions()
    lb1.config["instances"]["VI_1"]["hooks"] = {"fault": [noting(lab, "new", "new")]}
    lb1.write_config()
    assert "instance VI_1 is changed (hooks)" in lb1.ctl("reload").stdout
    assert lb1.transitions() == before
    well.unlink()
    noted(lab, ["new"])


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_another_user(lab):
    lb1, _ = hooked(lab, {"active": [{"run": "id -un; grep CapEff /proc/self/status", "user": "nobody"}]})
    lb1.start().wait_state("active")
    run = eventually(lambda: [one for one in runs(lb1) if one["state"] != "running"], "the hook has run")[0]
    if "cannot be set" in run["detail"]:
        pytest.skip("this user namespace has no other user: " + run["detail"])
    assert run["output"] == "nobody\nCapEff:\t0000000000000000\n"


def test_a_program_that_becomes_everybodys_is_not_run(lab):
    lb1, well = hooked(lab, {"fault": [noting(lab, "ran")]})
    lb1.start().wait_state("active")
    (lab.network.directory / "note").chmod(0o777)
    well.unlink()
    run = eventually(lambda: runs(lb1), "it was looked at")[-1]
    run = eventually(lambda: [one for one in runs(lb1) if one["state"] == "failed"], "it was refused")[0]
    assert run["detail"] == "was not run: the program may be changed by every user; try chmod o-w"
    assert notes(lab) == []
    lb1.config_file.write_text(json.dumps(lb1.config))
    refused = lb1.ctl("reload", check=False)
    assert refused.returncode == 78
    assert "/instances/VI_1/hooks/fault/0/run/0" in refused.stderr


def test_keepalived_conventions_and_the_pipe(lab):
    directory = lab.network.directory
    pipe = directory / "pipe"
    notify = program(lab, "notify", f'echo "$# $* [$BATON_EVENT]" >> {directory}/notes; cat >> {directory}/notes')
    lb1, well = hooked(lab, {"active": [{"run": [notify], "convention": "keepalived_notify"},
                                        {"run": [notify], "convention": "keepalived"},
                                        {"run": f"{notify} x", "convention": "keepalived_notify"}]})
    lb1.config["notify_fifo"] = str(pipe)
    lb1.write_config()
    lb1.start().wait_state("active")
    noted(lab, ["4 INSTANCE VI_1 MASTER 101 []", "0  []", "5 x INSTANCE VI_1 MASTER 101 []"])
    well.unlink()
    lb1.wait_state("fault")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        lines = os.read(reader, 65536).decode().splitlines()
    finally:
        os.close(reader)
    assert lines[-2:] == ['INSTANCE "VI_1" MASTER 101', 'INSTANCE "VI_1" FAULT 101']


def test_a_sync_group_has_hooks_of_its_own(lab):
    well = flag(lab)
    config = configuration("lb1", advert_interval="100ms", checks={"service": exists(well)},
                           track=[{"check": "service"}])
    config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.101/24"],
                                   "advert_interval": "100ms"}
    note = [noting(lab, "$BATON_GROUP:$BATON_INSTANCE:$BATON_EVENT:$BATON_PREVIOUS_STATE:$BATON_ADDRESSES")]
    config["sync_groups"] = {"mail": {"members": ["VI_1", "VI_2"],
                                      "hooks": {"active": note, "fault": note, "stop": note}}}
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config).start()
    lb1.wait_state("active")
    lb1.wait_state("active", "VI_2")
    both = f"{VIP}/24 10.0.1.101/24"
    noted(lab, [f"mail::active:backup:{both}"])
    well.unlink()
    noted(lab, [f"mail::active:backup:{both}", f"mail::fault:active:{both}"])
    eventually(lambda: lb1.status()["sync_groups"][0]["hooks"]["runs"][-1]["state"] == "ok", "it has ended")
    assert "BATON_GROUP=mail" in lb1.ctl("hooks", "run", "mail", "active", "--dry-run").stdout
    lb1.ctl("hooks", "run", "mail", "active")
    assert lb1.status()["sync_groups"][0]["hooks"]["runs"][-1]["by_hand"] is True
    assert lb1.stop() == 0
    assert notes(lab)[-1].startswith("mail::stop:")


def test_batonctl_lists_shows_and_runs_them(lab):
    lb1, _ = hooked(lab, {"active": [noting(lab, "$BATON_EVENT")], "release": [{"run": "echo out; exit 7"}]})
    lb1.start().wait_state("active")
    noted(lab, ["active"])
    listed = lb1.ctl("hooks", "list").stdout
    assert "active" in listed and "release" in listed and "not run yet" in listed
    shown = lb1.ctl("hooks", "run", "VI_1", "active", "--dry-run").stdout
    assert "BATON_EVENT=active" in shown and '"event":"active"' in shown
    assert notes(lab) == ["active"]
    lb1.ctl("hooks", "run", "VI_1", "active")
    assert notes(lab) == ["active", "active"]
    failed = lb1.ctl("hooks", "run", "VI_1", "release", check=False)
    assert failed.returncode == 7
    assert failed.stdout == "out\n"
    assert "exit status 7" in failed.stderr
    assert runs(lb1)[-1]["by_hand"] is True


def test_a_pair_hands_over_with_hooks_on_both_sides(lab):
    note = [noting(lab, "$BATON_NODE $BATON_EVENT $BATON_ACTIVE_ROUTER")]
    hooks = {"active": note, "backup": note, "stop": note}
    lb1, lb2 = lab.started_pair(hooks=hooks)
    eventually(lambda: "lb2 backup " in notes(lab) and "lb1 active 10.0.1.2" in notes(lab), "both have reached their state")
    lb1.signal(signal.SIGTERM)
    assert lb1.wait() == 0
    await_holder(lb2, lb1)
    eventually(lambda: "lb2 active 10.0.1.3" in notes(lab), "the successor's hook has run")
    assert notes(lab).count("lb1 stop 10.0.1.3") == 1
