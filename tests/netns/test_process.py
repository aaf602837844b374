"""batond as a process: frozen, signalled, and with a log that nobody reads."""
import mmap
import os
import re
import signal
import struct
import time
from pathlib import Path

import pytest

from tests.lab.batond import BIN, script, seconds
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders
from tests.netns.timing import SLACK, active_down_interval


@pytest.mark.parametrize("adverts", [1, 5])
def test_frozen_active_yields_and_does_not_fight(lab, adverts):
    """However soon after it was succeeded it wakes."""
    capture = lab.capture()
    lb1, lb2 = lab.started_pair(preempt=False)
    lb1.pause()
    lb2.wait_state("active")
    eventually(lambda: len(capture.adverts("10.0.1.3")) >= adverts, f"lb2 has sent {adverts} adverts")
    assert holders(lb1, lb2) == ["lb1", "lb2"]  # a frozen process cannot let go
    number = lb2.transitions()[-1]["number"]
    woken = time.time()
    lb1.unpause()
    yielded = lb1.wait_state("backup")
    assert yielded["reason_code"] == "stalled"
    assert [step["what"] for step in yielded["steps"]] == ["addresses_released"]
    await_holder(lb2, lb1)
    heard(lb1, 10)
    assert capture.adverts("10.0.1.2", after=woken) == []
    assert lb1.counters()["stalls"] == 1
    assert lb1.state() == "backup"
    assert lb2.transitions()[-1]["number"] == number


def test_frozen_backup_stays_backup(lab):
    """Adverts that came in while it slept count as heard: it must not take over for want of reading them."""
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    lb2.pause()
    seen = len(capture.adverts("10.0.1.2"))
    eventually(lambda: len(capture.adverts("10.0.1.2")) >= seen + 10, "ten adverts while lb2 is frozen")
    lb2.unpause()
    heard(lb2, 10)
    assert [one["to"] for one in lb2.transitions()] == ["backup"]
    assert capture.adverts("10.0.1.3") == []


def test_hangup_of_the_same_configuration_changes_nothing(lab):
    lb1, lb2 = lab.started_pair()
    before = lb1.transitions()
    lb1.signal(signal.SIGHUP)
    eventually(lambda: lb1.events("reloaded"), "lb1 has read its configuration again")
    heard(lb2, 5)
    assert lb1.transitions() == before


def test_log_that_nobody_reads_delays_no_advert(lab):
    """Its standard error is a pipe that is full already: what cannot be logged is lost, the adverts are not."""
    path = lab.network.directory / "full"
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        fill(pipe)
        lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
        capture = lab.capture()
        lb1.launch("sh", "-c", f'exec "$@" 2>{path}', "sh")
        lb1.wait_ready().wait_state("active")
        eventually(lambda: len(capture.adverts()) >= 10, "ten adverts")
        assert lb1.stop() == 0
    finally:
        os.close(pipe)


class SteppedClock:
    """The time of day as the programs that run under it see it; tests/lab/stepped_clock.cpp."""

    def __init__(self, lab):
        file = lab.network.directory / "step"
        file.write_bytes(bytes(8))
        with file.open("r+b") as opened:
            self._seconds = mmap.mmap(opened.fileno(), 8)
        self.wrapper = ("env", f"LD_PRELOAD={BIN / 'stepped_clock.so'}", f"STEPPED_CLOCK={file}")

    def step(self, seconds):
        self._seconds[:] = struct.pack("=q", seconds)


def timer_clocks(pid):
    """The clocks of a process's timers (timerfd_create(2)), from proc(5)."""
    found = [re.search(r"clockid: (\d+)", info.read_text()) for info in Path(f"/proc/{pid}/fdinfo").iterdir()]
    return {int(match[1]) for match in found if match}


def test_step_of_the_wall_clock_changes_nothing(lab):
    """An hour ahead, then an hour back: no takeover, no advert too late or too many, and the checks go on."""
    clock, capture = SteppedClock(lab), lab.capture()
    lb1, lb2 = lab.pair()
    for daemon in (lb1, lb2):
        daemon.config["checks"] = {"true": script(["/bin/true"], interval="100ms", timeout="90ms")}
        daemon.config["instances"]["VI_1"]["track"] = [{"check": "true", "weight": -20}]
        daemon.write_config()
        daemon.launch(*clock.wrapper)
        daemon.wait_ready()
    lb1.wait_state("active")
    heard(lb2, 1)
    before = lb1.transitions(), lb2.transitions()
    began = time.time()
    for off in (3600, -3600):
        clock.step(off)
        heard(lb2, 10)
        for daemon in (lb1, lb2):
            assert daemon.instance()["since"] == daemon.transitions()[-1]["at"]  # what was told stays
            check = daemon.status()["checks"][0]  # the step is seen: without that the test would show nothing
            assert check["state"] == "up" and abs(seconds(check["last"]["at"]) - off - time.time()) < 60
    assert (lb1.transitions(), lb2.transitions()) == before
    times = [advert.time for advert in capture.adverts("10.0.1.2", after=began)]
    assert len(times) >= 20 and capture.adverts("10.0.1.3") == []
    pauses = [later - sooner for sooner, later in zip(times, times[1:])]
    assert max(pauses) < active_down_interval(100, 0.1) + SLACK
    assert len(times) <= (times[-1] - began) / 0.1 + 2
    # What the kernel times for it goes by clocks that nobody can set.
    assert timer_clocks(lb1.pid) and timer_clocks(lb1.pid) <= {time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME}
    assert lb1.stop() == 0 and lb2.wait_state("active")["reason_code"] == "peer_resigned"


@pytest.mark.parametrize("closed", ["<&-", "<&- >&- 2>&-"])
def test_closed_standard_descriptors_go_to_nobody_else(lab, closed):
    """Were one of them free, a socket would take its number, and the log would go into the socket."""
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms")
    lb1.launch("sh", "-c", f'exec "$@" {closed}', "sh")
    lb1.wait_ready().wait_state("active")
    for number in range(len(closed.split())):
        assert os.readlink(f"/proc/{lb1.pid}/fd/{number}") == "/dev/null"
    assert lb1.stop() == 0


def fill(pipe):
    try:
        while True:
            os.write(pipe, b"-" * 512)
    except BlockingIOError:
        pass
