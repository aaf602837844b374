"""A clean stop makes before it breaks: the old active keeps answering until its successor is heard."""
import signal

import pytest

from tests.lab.batond import VIP, seconds
from tests.lab.probes import PingProbe
from tests.lab.processes import eventually
from tests.netns.conftest import heard, holders
from tests.netns.timing import SLACK, in_seconds, over, skew


@pytest.mark.parametrize("interval, rounds", [("100ms", 5), ("1s", 2)])
def test_handover_loses_nothing_it_can_help(lab, report, interval, rounds):
    client = lab.host("client", "10.0.1.50/24")
    capture = lab.capture()
    lb1, lb2 = lab.started_pair(interval)
    ping = PingProbe(client, VIP)
    for _ in range(rounds):
        assert lb1.stop() == 0
        lb2.wait_state("active")
        assert_made_before_broken(lb1, lb2)
        lb1.start().wait_state("active")
        lb2.wait_state("backup")
    lost = ping.stop()
    times = handovers(capture, "10.0.1.2", "10.0.1.3")
    assert len(times) == rounds
    due = [skew(100, in_seconds(interval))] * rounds
    report(f"clean stop at {interval} adverts, priority 0 to the successor's advert: {over(times, due)}")
    report(f"{2 * rounds} handovers (stop, preemption) at {interval}: lost {lost['lost']} of {lost['sent']} echo "
           f"requests sent every ms (the probe's own widest pause was {lost['widest_pause_ms']} ms)")
    for took, at in zip(times, due):
        assert at - 0.002 <= took <= at + SLACK
    assert lost["lost"] <= 100 * rounds


def handovers(capture, old, new):
    """How long after each resignation of the old one the new one's first advert came."""
    resigned = [advert.time for advert in capture.adverts(old) if advert.priority == 0]
    return [capture.adverts(new, after=time)[0].time - time for time in resigned]


def assert_made_before_broken(old, new):
    ended, taken = old.transitions()[-1], new.transitions()[-1]
    assert ended["reason_code"] == "shutdown_handover"
    assert taken["reason_code"] == "peer_resigned"
    assert moment(taken, "addresses_held") <= moment(ended, "addresses_released")


def moment(transition, what):
    step = next(step for step in transition["steps"] if step["what"] == what)
    return seconds(transition["at"]) + step["after_ms"] / 1000


def test_stop_without_a_successor_ends(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24", advert_interval="100ms").start()
    lb1.wait_state("active")
    assert lb1.stop() == 0
    assert lb1.transitions()[-1]["reason_code"] == "shutdown"
    assert holders(lb1) == []


def test_second_signal_lets_go_at_once(lab):
    capture = lab.capture()
    # An owner is active at once; at 10 s adverts its handover would last 20 s.
    lb1 = lab.node("lb1", "10.0.1.2/24", priority=255, advert_interval="10s").start()
    lb1.wait_state("active")
    lb1.terminate()
    eventually(lambda: [advert for advert in capture.adverts() if advert.priority == 0], "priority 0")
    assert lb1.instance()["handing_over"] is True
    assert holders(lb1) == ["lb1"]
    assert lb1.stop(timeout=10) == 0
    assert holders(lb1) == []


def test_backup_stops_in_silence(lab):
    capture = lab.capture()
    lb1, lb2 = lab.started_pair()
    before = lb1.transitions()
    assert lb2.stop() == 0
    eventually(lambda: len(capture.adverts("10.0.1.2")) >= 10, "ten adverts of lb1")
    assert lb1.transitions() == before
    assert capture.adverts("10.0.1.3") == []


def test_interrupt_is_a_clean_stop_too(lab):
    lb1, lb2 = lab.started_pair()
    lb1.signal(signal.SIGINT)
    assert lb1.wait() == 0
    lb2.wait_state("active")
    assert holders(lb1, lb2) == ["lb2"]


def test_restart_takes_part_again(lab):
    lb1, lb2 = lab.started_pair()
    assert lb2.stop() == 0
    lb2.start().wait_state("backup")
    heard(lb2, 5)
    assert (lb1.state(), lb2.state()) == ("active", "backup")
