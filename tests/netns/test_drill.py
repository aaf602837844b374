"""A rehearsed failover and back, with a probe of the address."""
import json

from tests.lab.batond import BIN
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders
from tests.netns.test_release import in_state_dir


def drill(daemon, *words, check=True):
    """On its host: batonctl itself knocks at the address."""
    return daemon.host.run(BIN / "batonctl", "--socket", daemon.socket, "drill", *words, check=check)


def pair(lab, **settings):
    lb1, lb2 = (in_state_dir(daemon) for daemon in lab.pair(**settings))
    for daemon in (lb1, lb2):
        daemon.host.run("ip", "link", "set", "lo", "up")  # what is asked of an own address goes over it
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def test_there_and_back_with_a_report_of_each_step(lab):
    lb1, lb2 = pair(lab)
    report = json.loads(drill(lb1, "--json", "VI_1", "--hold", "1s").stdout)
    assert [step["step"] for step in report["steps"]] == ["release", "away", "back"]
    assert report["address"] == "10.0.1.100"
    release, away, back = report["steps"]
    assert "10.0.1.3 took over" in release["text"]
    assert away["text"] == "10.0.1.3 is Active"
    assert away["took_ms"] >= 1000 and away["tries"] > away["unanswered"]
    assert back["text"].startswith("no advert to yield to for")
    assert lb1.state() == "active"
    await_holder(lb1, lb2)
    assert lb1.instance()["release_until"] is None
    text = drill(lb1, "VI_1", "--hold", "1s").stdout
    assert text.startswith("drill of VI_1, knocking at 10.0.1.100 every 20 ms from here\nrelease in ")
    assert text.count("the longest time without one: ") == 3


def test_where_it_would_not_come_back_it_says_so(lab):
    lb1, lb2 = pair(lab, preempt=False)
    report = json.loads(drill(lb1, "--json", "VI_1", "--hold", "500ms").stdout)
    assert [step["step"] for step in report["steps"]] == ["release", "away", "resume"]
    assert "stays Active" in report["steps"][-1]["text"]
    assert holders(lb1, lb2) == ["lb2"]
    assert lb1.instance()["released"] is False


def test_a_successor_that_does_not_serve_fails_it(lab):
    lb1, lb2 = pair(lab)
    listener = "import socket\nserver = socket.create_server(('', 25))\nwhile True: server.accept()[0].close()"
    lb1.host.spawn("listener", ["/usr/bin/python3", "-c", listener])
    eventually(lambda: ":25 " in lb1.host.run("ss", "-ltn").stdout, "lb1 serves")
    failed = drill(lb1, "VI_1", "--port", "25", "--hold", "1s", check=False)
    assert failed.returncode == 1
    assert "while VI_1 was away: 10.0.1.3 is Active, and does not serve" in failed.stderr
    assert "\nback in " in failed.stdout and lb1.state() == "active"


def test_who_is_released_for_maintenance_meanwhile_stays_released(lab):
    lb1, lb2 = pair(lab)
    drilling = lb1.host.spawn("drill", [BIN / "batonctl", "--socket", lb1.socket, "drill", "VI_1", "--hold", "3s"])
    lb2.wait_state("active")
    lb1.ctl("release", "VI_1", "--for", "1h")
    assert drilling.wait(timeout=30) == 1
    assert "somebody else has released VI_1 meanwhile" in drilling.output()
    assert lb1.instance()["released"] is True
    assert holders(lb1, lb2) == ["lb2"]


def test_what_cannot_be_rehearsed_moves_nothing(lab):
    lb1, lb2 = pair(lab)
    for daemon, words, text in ((lb2, ("VI_1",), "VI_1 is backup here; run the drill where it is active: at 10.0.1.2"),
                                (lb1, ("VI_1", "--port", "25"), "10.0.1.100 does not answer at port 25"),
                                (lb1, ("VI_2",), 'there is no instance "VI_2"'),
                                (lb1, ("VI_1", "--hold", "x"), "--hold: ")):
        refused = drill(daemon, *words, check=False)
        assert refused.returncode == 1
        assert text in refused.stderr
    lb2.kill()
    refused = drill(lb1, "VI_1", check=False)
    assert refused.returncode == 1
    assert "it was not handed over: no other router took over within" in refused.stderr
    assert (lb1.state(), holders(lb1)) == ("active", ["lb1"])
