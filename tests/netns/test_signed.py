"""Signed adverts on a real kernel: pairs of every form, wrong keys, replays over restarts, and change of keys.

The keepalived that Debian ships (2.2.7) has no auth_hmac: tests/vectors/signed.json stands for it, and the signatures
here are checked by another implementation (tests/lab/adverts.py).
"""
import signal

import pytest

from tests.lab.adverts import Advert, has_good_signature, send
from tests.lab.batond import seconds
from tests.lab.capture import Capture, vrrp_message
from tests.lab.processes import eventually
from tests.netns.conftest import heard, holders
from tests.netns.signing import KEYS, key_line, needs_root, signed_node, write_keys
from tests.netns.test_bad_input import BAD_CONFIGURATION, RUNTIME_FAILURE, refused
from tests.netns.test_protocols import FORMS, Form, held_by, node

MONOTONIC = {"freshness": "monotonic"}
PATIENT = {"window": "5m"}
VMAC = Form({"virtual_mac": True})
VMAC6 = Form({"virtual_mac": True}, ipv6=True)
PAIRS = {**{name: FORMS[name] for name in ("v3 ipv4", "v3 ipv6", "v3 ipv4 unicast", "v3 ipv6 unicast", "v2")},
         "v3 ipv4 virtual mac": VMAC, "v3 ipv6 virtual mac": VMAC6}


@pytest.fixture(autouse=True)
def root():
    needs_root()


def pair(lab, form, first=None, second=None, lines=((), ())):
    return (signed_node(lab, form, 2, 101, (3,), lines[0], first),
            signed_node(lab, form, 3, 100, (2,), lines[1], second))


def started_pair(lab, form, *more, **named):
    lb1, lb2 = pair(lab, form, *more, **named)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 2)
    return lb1, lb2


def rejects(daemon):
    counters = [*daemon.counters().items(), *daemon.status()["counters"].items()]  # of the node, under the same names
    return {name: count for name, count in counters if name.startswith("rejected_") and count}


def captured(capture):
    """(sender, octets of the message with its trailer, whole frame) of each advert."""
    found = []
    for _, frame in capture.frames():
        sender, payload = vrrp_message(frame)
        if sender:
            # A short Ethernet frame may be filled up behind the datagram.
            length = (int.from_bytes(frame[16:18], "big") - 20 if frame[12:14] == b"\x08\x00"
                      else int.from_bytes(frame[18:20], "big"))
            found.append((sender, payload[:length], frame))
    return found


@pytest.mark.parametrize("name", PAIRS)
def test_pair_with_keys_elects_one_and_moves(lab, name):
    form = PAIRS[name]
    capture = lab.capture()
    lb1, lb2 = started_pair(lab, form)
    lb1.kill()
    assert lb2.wait_state("active")["reason_code"] == "active_down_timer"
    lb1.start().wait_state("active")
    assert lb2.wait_state("backup")["reason_code"] == "higher_priority"
    assert lb1.stop() == 0
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"  # priority 0 is signed as well
    assert rejects(lb2) == {}
    assert lb2.instance()["authentication"] == "hmac-sha256 (enforce)"
    assert lb2.instance()["authentication_key"] == 1
    if form.settings.get("virtual_mac"):
        assert lb2.state() == "active"
    else:
        assert held_by(lb2, form)
    if not form.unicast:
        adverts = captured(capture)
        assert {payload[2] for _, payload, _ in adverts} == {0, 100, 101}
        assert {has_good_signature(sender, payload, KEYS) for sender, payload, _ in adverts} == {1}
        assert capture.tshark("_ws.malformed", "frame.number") == []


def test_unicast_peers_get_one_signature(lab):
    """What goes to several peers is one advert, with one number, as keepalived has it."""
    capture = Capture(lab.network, unicast=True)
    lb1 = signed_node(lab, FORMS["v3 ipv4 unicast"], 2, 101, (3, 4)).start()
    for number in (3, 4):
        lab.host(f"lb{number - 1}", f"10.0.1.{number}/24")
    lb1.wait_state("active")
    eventually(lambda: len(captured(capture)) >= 6, "six adverts")
    adverts = captured(capture)
    to = {frame[30:34]: [] for _, _, frame in adverts}
    for _, payload, frame in adverts:
        to[frame[30:34]].append(payload[-28:])
    first, second = to.values()
    assert len(set(first)) == len(first)
    together = min(len(first), len(second))
    assert first[:together] == second[:together]


def test_wrong_key_makes_two_active_and_both_say_so(lab):
    """The weakness of all authentication: whom one does not believe, one does not hear."""
    lb1, lb2 = pair(lab, FORMS["v3 ipv4"], lines=((key_line(1),), (key_line(1, KEYS[3]),)))
    for daemon in (lb1, lb2):
        daemon.start().wait_state("active")
    for daemon, peer in ((lb1, "10.0.1.3"), (lb2, "10.0.1.2")):
        eventually(lambda d=daemon: d.counters()["rejected_authentication_invalid"] >= 3, "three adverts are refused")
        told = eventually(lambda d=daemon: d.events("advert_refused"), "it is told")
        assert [(one["reason"], one["source"]) for one in told] == [("authentication_invalid", peer)]
        assert "its signature is wrong" in told[0]["message"]
        assert daemon.counters()["adverts_received"] == 0
        shown = daemon.instance()["last_refused"]
        assert (shown["reason_code"], shown["source"]) == ("authentication_invalid", peer) and shown["ago_ms"] < 10000
        assert f"VI_1 refuses adverts: the last came from {peer} " in daemon.ctl("status").stdout
        told = daemon.ctl("why").stdout
        assert f"Refuses adverts: the last came from {peer} at " in told
        assert "its signature is wrong" in told and "there are two" in told and "authentication_invalid" in told
    assert sorted(holders(lb1, lb2)) == ["lb1", "lb2"]
    # Whoever was Active already is told that there may be two.
    assert any("there are two" in one["message"] for d in (lb1, lb2) for one in d.events("advert_refused"))


@pytest.mark.parametrize("freshness", [MONOTONIC, PATIENT], ids=["monotonic", "time"])
def test_replay_is_refused_also_after_restart_and_death(lab, freshness):
    """All that a third host has recorded, priority 0 among it, sent again: nothing of it is taken."""
    form = FORMS["v3 ipv4"]
    capture = lab.capture()
    lb1, lb2 = started_pair(lab, form, freshness, freshness)
    assert lb1.stop() == 0
    lb2.wait_state("active")
    lb1.start().wait_state("active")
    lb2.wait_state("backup")
    heard(lb2, 3)
    recorded = [frame for sender, _, frame in captured(capture) if sender == "10.0.1.2"]
    assert any(vrrp_message(frame)[1][2] == 0 for frame in recorded)
    attacker = lab.host("attacker", "10.0.1.9/24")

    def replay():
        transitions, before = lb2.transitions(), lb2.counters()["rejected_authentication_replay"]
        send(attacker, *recorded)
        eventually(lambda: lb2.counters()["rejected_authentication_replay"] >= before + len(recorded),
                   "each replay is counted")
        assert lb2.transitions() == transitions
        assert set(rejects(lb2)) == {"rejected_authentication_replay"}
    replay()
    assert lb2.stop() == 0
    lb2.start().wait_state("backup")
    replay()
    heard(lb2, 1)  # from now on it has something to lose by dying
    assert lb2.counters()["rejected_authentication_replay"] == len(recorded)  # and of the true ones none
    lb2.kill()
    lb2.start()
    held_off = lb2.events("held_off")
    assert [event["pause_ms"] for event in held_off] == [1000]
    send(attacker, *recorded)  # while it waits
    took_part = lb2.wait_state("backup")
    assert seconds(took_part["at"]) - seconds(held_off[0]["time"]) >= 1
    heard(lb2, 3)
    replay()
    assert [one["to"] for one in lb2.transitions()] == ["backup"]
    assert lb1.state() == "active" and holders(lb1, lb2) == ["lb1"]


@pytest.mark.parametrize("mode, taken", [("enforce", False), ("permissive", True), ("receive_only", True)])
def test_bare_advert(lab, mode, taken):
    lb1 = signed_node(lab, FORMS["v3 ipv4"], 2, 101, authentication={"mode": mode}).start()
    lb1.wait_state("active")
    attacker = lab.host("attacker", "10.0.1.9/24")
    send(attacker, Advert(priority=200, interval=4000).frame())
    if taken:
        assert lb1.wait_state("backup")["reason_code"] == "higher_priority"
        assert rejects(lb1) == {}
    else:
        eventually(lambda: rejects(lb1), "it is refused")
        assert rejects(lb1) == {"rejected_authentication_missing": 1}
        assert lb1.state() == "active"
    # A signature that is there must be good, whatever the mode.
    send(attacker, Advert(priority=201, key=KEYS[3]).frame())
    eventually(lambda: lb1.counters()["rejected_authentication_invalid"] == 1, "a bad signature is refused")


STEPS = {"nobody signs yet": (None, {"mode": "receive_only"}),
         "both can verify": ({"mode": "permissive"}, {"mode": "receive_only"}),
         "both sign": ({"mode": "enforce"}, {"mode": "permissive"})}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_introducing_keys_keeps_one_active(lab, step):
    form, (first, second) = FORMS["v3 ipv4"], STEPS[step]
    lb1 = node(lab, form, 2, 101) if first is None else signed_node(lab, form, 2, 101, authentication=first)
    lb2 = signed_node(lab, form, 3, 100, authentication=second)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 3)
    assert lb1.stop() == 0
    assert lb2.wait_state("active")["reason_code"] == "peer_resigned"
    lb1.start().wait_state("active")
    lb2.wait_state("backup")
    assert rejects(lb1) == rejects(lb2) == {}


def test_keys_change_on_a_living_pair_without_a_transition(lab):
    capture = lab.capture()
    lb1, lb2 = started_pair(lab, FORMS["v3 ipv4"])
    before = lb1.transitions(), lb2.transitions()
    for lines in ((key_line(1), key_line(2)), (key_line(2), key_line(1)), (key_line(2),)):
        for daemon in (lb1, lb2):
            read = len(daemon.events("keys_read"))
            write_keys(daemon, "# changed", *lines)
            daemon.signal(signal.SIGHUP)
            eventually(lambda d=daemon, n=read: len(d.events("keys_read")) > n, "the keys are read")
            heard(lb2, 2)
    write_keys(lb1, key_line(1, b"short"))
    lb1.signal(signal.SIGHUP)
    told = eventually(lambda: lb1.events("not_reloaded"), "a wrong file is told")
    assert "key 1 has 5 octets" in told[0]["message"]
    heard(lb2, 3)
    assert (lb1.transitions(), lb2.transitions()) == before
    assert rejects(lb1) == rejects(lb2) == {}
    assert lb1.instance()["authentication_key"] == 2
    numbers = [has_good_signature(sender, payload, KEYS) for sender, payload, _ in captured(capture)]
    assert numbers == sorted(numbers) and set(numbers) == {1, 2}


def test_a_reload_names_other_keys_in_the_same_file(lab):
    lb1 = signed_node(lab, FORMS["v3 ipv4"], 2, 101).start()
    lb1.wait_state("active")
    assert lb1.ctl("reload").stdout.startswith("nothing has changed")
    write_keys(lb1, key_line(1, KEYS[3]))
    line = ("instance VI_1 is changed (authentication); there are other keys in "
            f"{lb1.config['instances']['VI_1']['authentication']['keys']}")
    for _ in range(2):  # to ask takes nothing over
        assert lb1.ctl("reload", "--dry-run").stdout.splitlines() == [
            "a reload would do this:", f"  {line}", "  0 instances, 0 checks, 0 sync groups unchanged"]
    assert lb1.ctl("reload").stdout.splitlines()[:2] == ["reloaded:", f"  {line}"]
    assert lb1.events("reloaded")[-1]["changes"] == [line]
    assert "there are other keys in it: key 1 signs" in lb1.events("keys_read")[-1]["message"]
    assert lb1.ctl("reload").stdout.startswith("nothing has changed")
    assert [one["to"] for one in lb1.transitions()] == ["backup", "active"]


KEY_FILES = {
    "absent": (lambda path: path.unlink(), "cannot open the key file"),
    "open to others": (lambda path: path.chmod(0o644), "is open to others than its owner (mode 0644): run chmod 600"),
    "too short a key": (lambda path: path.write_text("1 short\n"), "key 1 has 5 octets; it must have 32 to 64"),
    "no key": (lambda path: path.write_text("# later\n"), "has no key"),
    "a directory": (lambda path: (path.unlink(), path.mkdir()), "is not a regular file"),
}


@pytest.mark.parametrize("mistake", KEY_FILES)
def test_nothing_starts_without_good_keys(lab, mistake):
    spoil, words = KEY_FILES[mistake]
    lb1 = signed_node(lab, FORMS["v3 ipv4"], 2, 101)
    spoil(lb1.host.directory / "keys")
    for more in ((), ("--check",)):
        done = refused(lb1, *more)
        assert done.returncode == BAD_CONFIGURATION
        assert "/instances/VI_1/authentication/keys: " in done.stderr and words in done.stderr
    assert not (lb1.host.directory / "state").exists()


def test_nothing_starts_without_its_marks(lab):
    lb1 = signed_node(lab, FORMS["v3 ipv4"], 2, 101)
    state = lb1.host.directory / "state"
    state.write_text("a file stands in the way")
    done = refused(lb1)
    assert done.returncode == RUNTIME_FAILURE and str(state) in done.stderr
    state.unlink()
    state.mkdir(mode=0o700)
    (state / "marks-eth0-ipv4-51").write_text("spoilt")
    (state / "marks-eth0-ipv4-51").chmod(0o600)
    done = refused(lb1)
    assert done.returncode == RUNTIME_FAILURE and "is corrupt" in done.stderr


def test_two_batonds_do_not_share_marks(lab):
    lb1 = signed_node(lab, FORMS["v3 ipv4"], 2, 101).start()
    lb1.wait_state("active")
    lb2 = signed_node(lab, FORMS["v3 ipv4"], 3, 100)
    lb2.config["state_dir"] = lb1.config["state_dir"]
    lb2.write_config()
    done = lb2.host.run(*lb2.argv(), check=False)
    assert done.returncode == RUNTIME_FAILURE and "is in use by another batond" in done.stderr
    assert lb1.state() == "active"
