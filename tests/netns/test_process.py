"""batond as a process: frozen, signalled, and with a log that nobody reads."""
import os
import signal
import time

import pytest

from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders


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


def test_hangup_changes_nothing(lab):
    lb1, lb2 = lab.started_pair()
    before = lb1.transitions()
    lb1.signal(signal.SIGHUP)
    eventually(lambda: lb1.events("cannot_reload"), "lb1 says that it does not reload")
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
