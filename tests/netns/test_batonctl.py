"""batonctl against a live pair: what people and scripts are told."""
import json

from tests.lab.batond import VIP, configuration
from tests.lab.network import run
from tests.netns.conftest import heard


def test_status_for_people(lab):
    lb1, lb2 = lab.started_pair()
    shown = lb1.ctl("status").stdout
    for word in ("VI_1", "active", "eth0", "VRID", "101", VIP):
        assert word in shown
    assert "backup" in lb2.ctl("status").stdout


def test_status_for_scripts(lab):
    lb1, lb2 = lab.started_pair()
    heard(lb2, 2)
    told = json.loads(lb2.ctl("--json", "status").stdout)
    assert told["node"] == "lb2"
    instance = told["instances"][0]
    assert {key: instance[key] for key in ("name", "state", "interface", "vrid", "family", "vrrp_version",
                                           "active_router", "addresses", "faults")} == {
        "name": "VI_1", "state": "backup", "interface": "eth0", "vrid": 51, "family": "ipv4", "vrrp_version": 3,
        "active_router": "10.0.1.2", "addresses": [f"{VIP}/24"], "faults": []}
    assert instance["counters"]["adverts_received"] >= 2
    assert lb1.instance()["active_router"] == "10.0.1.2"


def test_why_tells_state_priority_and_the_last_transition(lab):
    lb1, lb2 = lab.started_pair()
    lb1.kill()
    lb2.wait_state("active")
    told = lb2.ctl("why", "VI_1").stdout
    for words in ("active", "100", VIP, "Active_Down_Interval", "backup -> active", "addresses_held"):
        assert words in told
    lb1.start().wait_state("active")
    lb2.wait_state("backup")
    told = lb2.ctl("why").stdout
    assert "10.0.1.2 advertises priority 101, above our 100" in told


def test_why_of_a_fault_names_it(lab):
    lb1, _ = lab.started_pair()
    lb1.host.cut()
    lb1.wait_state("fault")
    told = lb1.ctl("why", "VI_1").stdout
    assert "link_down" in told
    assert "interface eth0 has no link" in told


def test_unknown_instance_gets_a_suggestion(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24").start()
    done = lb1.ctl("why", "VI_2", check=False)
    assert done.returncode == 1
    assert 'did you mean "VI_1"' in done.stderr
    assert done.stdout == ""


def test_nobody_there_is_told(lab):
    daemon = lab.batond(lab.host("lb1", "10.0.1.2/24"), configuration("lb1"))
    done = daemon.ctl("status", check=False)
    assert done.returncode == 1
    assert str(daemon.socket) in done.stderr


def test_curl_and_a_wrong_path(lab):
    lb1 = lab.node("lb1", "10.0.1.2/24").start()
    told = run(["curl", "-s", "--unix-socket", lb1.socket, "http://baton/v1/status"]).stdout
    assert json.loads(told)["node"] == "lb1"
    assert lb1.get("/v1/nowhere")[0] == 404
    assert lb1.get("/v1/why/VI_1")[1]["name"] == "VI_1"
