"""What an operator gets wrong: a clear message, the right exit status, and nothing left on the interface."""
import json
import os

import pytest

from tests.lab.batond import configuration, script
from tests.lab.processes import eventually

BAD_CONFIGURATION = 78
RUNTIME_FAILURE = 1
USAGE = 2


def with_instance(**settings):
    return json.dumps(configuration("lb1", **settings))


def twice(vrid):
    config = configuration("lb1", vrid=vrid)
    config["instances"]["VI_2"] = {**config["instances"]["VI_1"], "addresses": ["10.0.1.101/24"]}
    return json.dumps(config)


def misspelt():
    config = configuration("lb1")
    config["instances"]["VI_1"]["prioirty"] = 100
    return json.dumps(config)


# What is wrong, the file, and words that the message must hold.
MISTAKES = {
    "no JSON": ('{"node": "lb1", "instances": {', ["line", "not closed"]),
    "empty file": ("", ["line"]),
    "unknown interface": (with_instance(interface="eht0"), ["/instances/VI_1/interface", 'did you mean "eth0"']),
    "unknown tracked interface": (with_instance(track=[{"interface": "eth9"}]),
                                  ["/instances/VI_1/track/0/interface", "eth9"]),
    "VRID twice": (twice(51), ["/instances/VI_2/vrid", "VRID 51", "VI_1"]),
    "VRID 0": (with_instance(vrid=0), ["/instances/VI_1/vrid", "1 to 255"]),
    "address syntax": (with_instance(address="10.0.1.1000/24"), ["/instances/VI_1/addresses/0", "10.0.1.1000"]),
    "address of the network": (with_instance(address="10.0.1.0/24"), ["/instances/VI_1/addresses/0", "network"]),
    "priority 0": (with_instance(priority=0), ["/instances/VI_1/priority", "1 to 255", "not 0"]),
    "priority 300": (with_instance(priority=300), ["/instances/VI_1/priority", "1 to 255", "not 300"]),
    "priority as text": (with_instance(priority="high"), ["/instances/VI_1/priority", "1 to 255"]),
    "misspelt key": (misspelt(), ["/instances/VI_1/prioirty", 'did you mean "priority"']),
    "missing script": (with_instance(checks={"c": script(["/nowhere/check"])}, track=[{"check": "c"}]),
                       ["/checks/c/run/0", "/nowhere/check", "No such file"]),
    "script that cannot be executed": (with_instance(checks={"c": script(["/etc/passwd"])}, track=[{"check": "c"}]),
                                       ["/checks/c/run/0", "/etc/passwd"]),
    "unknown check": (with_instance(checks={"haproxy": script(["/bin/true"])}, track=[{"check": "haproxi"}]),
                      ["/instances/VI_1/track/0/check", 'did you mean "haproxy"']),
}


@pytest.fixture
def lb1(lab):
    return lab.host("lb1", "10.0.1.2/24")


def refused(daemon, *more):
    """Runs it to its end; nothing may be left on the interface or in the file system."""
    done = daemon.host.run(*daemon.argv(*more), check=False)
    assert daemon.host.addresses() == ["10.0.1.2/24"]
    assert not daemon.socket.exists()
    assert done.stdout == ""
    return done


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_in_the_configuration_is_told_and_nothing_started(lab, lb1, mistake):
    text, words = MISTAKES[mistake]
    daemon = lab.batond(lb1, text)
    done = refused(daemon)
    assert done.returncode == BAD_CONFIGURATION
    assert f"{daemon.config_file}:1:" in done.stderr
    missing = [word for word in words if word not in done.stderr.replace(f"{daemon.config_file}:1:", "line ")]
    assert missing == [], done.stderr
    checked = refused(daemon, "--check")
    assert (checked.returncode, checked.stderr) == (done.returncode, done.stderr)


def test_every_mistake_is_told_at_once(lab, lb1):
    config = configuration("lb1", interface="eth7", priority=0, vrid=300)
    done = refused(lab.batond(lb1, json.dumps(config, indent=2)))
    assert done.returncode == BAD_CONFIGURATION
    for place in ("/instances/VI_1/priority", "/instances/VI_1/vrid"):
        assert place in done.stderr


def test_missing_file_is_told(lab, lb1):
    daemon = lab.batond(lb1, "")
    daemon.config_file.unlink()
    done = refused(daemon)
    assert done.returncode == BAD_CONFIGURATION
    assert str(daemon.config_file) in done.stderr
    assert "No such file" in done.stderr


def test_good_configuration_passes_the_check_and_starts_nothing(lab, lb1):
    daemon = lab.batond(lb1, configuration("lb1"))
    done = lb1.run(*daemon.argv("--check"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "good" in done.stdout
    assert not daemon.socket.exists()


def test_wrong_usage(lab, lb1):
    done = refused(lab.batond(lb1, configuration("lb1")), "--log-level", "loud")
    assert done.returncode == USAGE
    assert "loud" in done.stderr


def test_configuration_that_is_no_file_is_refused_at_once(lab, lb1):
    daemon = lab.batond(lb1, "")
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    done = refused(daemon)
    assert done.returncode == BAD_CONFIGURATION
    assert f"{daemon.config_file}: is not a regular file" in done.stderr


def test_socket_in_use_is_refused_and_the_first_lives_on(lab, lb1):
    first = lab.batond(lb1, configuration("lb1", advert_interval="100ms")).start()
    first.wait_state("active")
    lb2 = lab.host("lb2", "10.0.1.3/24")
    second = lab.batond(lb2, configuration("lb2"))
    second.runtime = first.runtime
    done = lb2.run(*second.argv(), check=False)
    assert done.returncode == RUNTIME_FAILURE
    assert str(first.socket) in done.stderr
    assert str(first.pid) in done.stderr
    assert lb2.addresses() == ["10.0.1.3/24"]
    assert first.state() == "active"


def test_second_batond_on_a_host_is_refused(lab, lb1):
    first = lab.batond(lb1, configuration("lb1", advert_interval="100ms")).start()
    first.wait_state("active")
    second = lab.batond(lb1, configuration("lb1", vrid=52, address="10.0.1.101/24"), label="second")
    done = lb1.run(*second.argv(), check=False)
    assert done.returncode == RUNTIME_FAILURE
    assert "another batond" in done.stderr
    assert lb1.addresses() == ["10.0.1.2/24", "10.0.1.100/24"]
    assert first.state() == "active"


def test_socket_left_by_a_killed_batond_is_no_obstacle(lab, lb1):
    daemon = lab.batond(lb1, configuration("lb1", advert_interval="100ms")).start()
    daemon.kill()
    assert daemon.socket.exists()
    daemon.start().wait_state("active")


@pytest.mark.parametrize("capability", ["net_raw", "net_admin"])
def test_missing_capability_is_named(lab, lb1, capability):
    daemon = lab.batond(lb1, configuration("lb1"))
    done = lb1.run("setpriv", f"--bounding-set=-{capability}", f"--inh-caps=-{capability}", *daemon.argv(), check=False)
    assert done.returncode == RUNTIME_FAILURE
    assert f"CAP_{capability.upper()}" in done.stderr
    assert lb1.addresses() == ["10.0.1.2/24"]
    assert not daemon.socket.exists()


def test_runtime_directory_that_cannot_be_made_is_told(lab, lb1):
    daemon = lab.batond(lb1, configuration("lb1"))
    daemon.runtime.write_text("a file stands in the way")
    done = lb1.run(*daemon.argv(), check=False)
    assert done.returncode == RUNTIME_FAILURE
    assert str(daemon.runtime) in done.stderr
    eventually(lambda: lb1.addresses() == ["10.0.1.2/24"], "nothing is left")
