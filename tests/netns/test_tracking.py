"""Tracking scripts: weights, faults, and scripts that misbehave."""
import os
from pathlib import Path

from tests.lab.batond import configuration, script
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard


def exists(path):
    """A check that is up while a file exists."""
    return script(["/usr/bin/test", "-e", str(path)], interval="300ms")


def tracking_pair(lab, check, entry, **first):
    """lb1 tracks the check; lb2 tracks nothing. lb1 is active."""
    config = {"priority": 101, "advert_interval": "100ms", **first}
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"),
                     configuration("lb1", checks={"service": check}, track=[{"check": "service", **entry}], **config))
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms")
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def flag(lab):
    path = lab.network.directory / "service-is-well"
    path.touch()
    return path


def check_of(daemon):
    return daemon.status()["checks"][0]


def test_negative_weight_moves_the_address_and_back(lab):
    well = flag(lab)
    lb1, lb2 = tracking_pair(lab, exists(well), {"weight": -20})
    well.unlink()
    assert lb1.wait_state("backup")["priority"] == 81
    await_holder(lb2, lb1)
    assert check_of(lb1)["state"] == "down"
    assert lb1.instance()["priority"] == {
        "configured": 101, "effective": 81,
        "contributions": [{"check": "service", "weight": -20, "applied": -20, "up": False}]}
    well.touch()
    assert lb1.wait_state("active")["priority"] == 101
    await_holder(lb1, lb2)


def test_a_priority_that_falls_is_succeeded_after_skew_time(lab):
    """Without a gap: whoever loses its check keeps the address until it hears who has it now."""
    well = flag(lab)
    lb1, lb2 = tracking_pair(lab, exists(well), {"weight": -20}, advert_interval="1s")
    well.unlink()
    taken = lb2.wait_state("active")
    assert taken["reason_code"] == "peer_lowered"
    assert taken["reason"] == ("10.0.1.2 lowered its priority to 81, below our 100, and Skew_Time of 609.375 ms passed "
                               "without a better successor")
    assert lb1.wait_state("backup")["reason_code"] == "higher_priority"
    await_holder(lb2, lb1)


def test_positive_weight_counts_while_the_check_is_up(lab):
    well = flag(lab)
    lb1, lb2 = tracking_pair(lab, exists(well), {"weight": 50}, priority=60)
    assert lb1.instance()["priority"]["effective"] == 110
    well.unlink()
    assert lb1.wait_state("backup")["priority"] == 60
    await_holder(lb2, lb1)


def test_no_weight_is_a_fault(lab):
    well = flag(lab)
    lb1, lb2 = tracking_pair(lab, exists(well), {"weight": 0})
    well.unlink()
    assert "service" in lb1.wait_state("fault")["reason"]
    assert [fault["name"] for fault in lb1.instance()["faults"]] == ["check_down"]
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    await_holder(lb2, lb1)
    well.touch()
    lb1.wait_state("active")


def test_fall_counts_results_in_a_row(lab):
    runs = lab.network.directory / "runs"
    # Every other run fails, so two failures in a row never happen.
    counted = f'echo >> {runs}; test $(( $(wc -l < {runs}) % 2 )) = 1'
    lb1, _ = tracking_pair(lab, script(counted, interval="300ms", fall=2), {"weight": -20})
    seen = len(runs.read_text())
    eventually(lambda: len(runs.read_text()) >= seen + 10, "ten more runs")
    assert check_of(lb1)["state"] == "up"
    assert lb1.state() == "active"
    assert lb1.events("priority_changed") == []


def alive(pid):
    """A zombie is not alive, whoever is to reap it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_hanging_script_is_killed_with_all_it_started(lab):
    """It ignores SIGTERM and starts a child; the adverts must not miss a beat."""
    pids = lab.network.directory / "pids"
    pids.touch()
    hang = f"trap '' TERM; sleep 100 & echo $$ $! >> {pids}; wait"
    capture = lab.capture()
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), configuration(
        "lb1", priority=101, advert_interval="100ms", track=[{"check": "service", "weight": -20}],
        checks={"service": script(hang, interval="1s")})).start()
    lb1.wait_state("active")
    started = len(pids.read_text().splitlines())
    eventually(lambda: len(pids.read_text().splitlines()) >= started + 3, "two more runs were given up")
    for line in pids.read_text().splitlines()[:started + 2]:
        for pid in line.split():
            assert not alive(int(pid))
    check = check_of(lb1)
    assert check["state"] == "down"
    assert check["last"]["ok"] is False
    assert "timed out" in check["last"]["detail"]
    assert lb1.instance()["priority"]["effective"] == 81
    times = [advert.time for advert in capture.adverts("10.0.1.2")]
    gaps = [later - sooner for sooner, later in zip(times, times[1:])]
    assert len(gaps) >= 10
    assert max(gaps) < 0.6  # one that waits for its script would be silent for a second
    assert lb1.stop() == 0
    eventually(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()), "no child outlives batond")


def test_script_inherits_nothing(lab):
    """A check gets standard descriptors only: not the raw sockets, not the control socket."""
    listed = lab.network.directory / "descriptors"
    lister = f"ls -l /proc/self/fd > {listed}.new && mv {listed}.new {listed}"
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), configuration(
        "lb1", advert_interval="100ms", checks={"service": script(lister)}, track=[{"check": "service"}])).start()
    lb1.wait_state("active")
    text = eventually(lambda: listed.exists() and listed.read_text(), "the script has run")
    assert "socket:" not in text
    assert "anon_inode" not in text


def test_first_result_is_awaited(lab):
    """Nothing is decided before the first result: neither up nor down is assumed."""
    gate = lab.network.directory / "gate"
    os.mkfifo(gate)
    config = configuration("lb1", advert_interval="100ms", track=[{"check": "service", "weight": -20}],
                           checks={"service": script(["/bin/cat", str(gate)], interval="60s")})
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config).start()
    assert lb1.instance()["state"] == "initialize"
    assert lb1.instance()["reason_code"] == "awaiting_checks"
    gate.open("w").close()  # cat reads to the end, and succeeds
    assert lb1.wait_state("active")["priority"] == 100
