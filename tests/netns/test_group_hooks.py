"""Hooks of sync groups while a reload makes, renames or dissolves them: nobody waits for good, and none is told wrongly."""
import subprocess

import pytest

from tests.lab.batond import BIN, VIP, configuration
from tests.lab.processes import eventually
from tests.netns.test_hooks import noted, notes, noting, program

SECOND = "10.0.1.101"
BOTH = f"{VIP}/24 {SECOND}/24"
TELL = "$BATON_GROUP $BATON_EVENT $BATON_STATE $BATON_ADDRESSES"


def grouped(lab, hooks, name="mail"):
    """lb1 with two instances; in a sync group with hooks, if it has a name. Not started."""
    config = configuration("lb1", advert_interval="100ms", priority=101)
    config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": [f"{SECOND}/24"],
                                   "advert_interval": "100ms"}
    config["state_dir"] = str(lab.network.directory / "state")
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), config)
    regroup(lb1, hooks, name)
    return lb1


def regroup(daemon, hooks, name="mail"):
    daemon.config["sync_groups"] = {name: {"members": ["VI_1", "VI_2"], "hooks": hooks}} if name else {}
    daemon.write_config()


def both_are(daemon, state):
    for name in ("VI_1", "VI_2"):
        daemon.wait_state(state, name)


def long_one(lab, seconds):
    """A hook that takes so long."""
    return {"run": [program(lab, f"long-{seconds}", f"echo begun >> {lab.network.directory}/long; exec sleep {seconds}")],
            "timeout": "60s"}


def begun(lab):
    eventually(lambda: (lab.network.directory / "long").exists(), "the long hook runs")


@pytest.mark.parametrize("name", ["post", ""])
def test_a_gate_goes_on_when_its_group_is_renamed_or_dissolved(lab, name):
    lb1 = grouped(lab, {"before_active": [long_one(lab, 50)]})
    lb1.config["instances"]["VI_1"]["hooks"] = {"before_active": [{"run": "true", "timeout": "1s"}]}
    lb1.write_config()
    lb1.start()
    begun(lab)
    regroup(lb1, {"before_active": [{**noting(lab, TELL), "timeout": "1s"}]}, name)
    lb1.ctl("reload")
    both_are(lb1, "active")
    assert notes(lab) == ([f"post before_active backup {BOTH}"] if name else [])


def test_a_gate_goes_on_when_the_first_member_leaves(lab):
    lb1 = grouped(lab, {"before_active": [long_one(lab, 50)]})
    lb1.config["instances"]["VI_3"] = {"interface": "eth0", "vrid": 53, "addresses": ["10.0.1.102/24"],
                                       "advert_interval": "100ms"}
    group = lb1.config["sync_groups"]["mail"]
    group["members"] = ["VI_3", "VI_1", "VI_2"]
    lb1.write_config()
    lb1.start()
    begun(lab)
    del lb1.config["instances"]["VI_3"]
    regroup(lb1, {"before_active": [{**noting(lab, TELL), "timeout": "1s"}]})
    lb1.ctl("reload")
    both_are(lb1, "active")
    assert notes(lab) == [f"mail before_active backup {BOTH}"]


def test_a_group_that_comes_to_active_members_knows_their_state(lab):
    note = [noting(lab, TELL)]
    lb1 = grouped(lab, {}, "")
    lb1.start()
    both_are(lb1, "active")
    regroup(lb1, {"active": note, "release": note, "stop": note})
    lb1.ctl("reload")
    expected = [f"mail active active {BOTH}"]
    noted(lab, expected)
    assert "BATON_STATE=active" in lb1.ctl("hooks", "run", "mail", "release", "--dry-run").stdout
    refused = lb1.ctl("release", "VI_1", check=False)
    assert refused.returncode == 1 and "no other router took over" in refused.stdout + refused.stderr
    expected += [f"mail release active {BOTH}", f"mail active active {BOTH}"]
    noted(lab, expected)
    assert lb1.stop() == 0
    assert notes(lab)[len(expected)].startswith("mail stop ")


def test_a_renamed_group_goes_on_and_one_that_comes_again_begins(lab):
    note = [noting(lab, TELL)]
    hooks = {"active": note, "deleted": note, "stop": note}
    lb1 = grouped(lab, hooks)
    lb1.start()
    both_are(lb1, "active")
    noted(lab, [f"mail active active {BOTH}"])
    regroup(lb1, hooks, "post")
    lb1.ctl("reload")
    regroup(lb1, hooks, "")
    lb1.ctl("reload")
    noted(lab, [f"mail active active {BOTH}", f"post deleted active {BOTH}"])
    regroup(lb1, hooks, "post")
    lb1.ctl("reload")
    noted(lab, [f"mail active active {BOTH}", f"post deleted active {BOTH}", f"post active active {BOTH}"])


def test_a_release_is_refused_when_a_reload_dissolves_the_group(lab):
    lb1 = grouped(lab, {"release": [long_one(lab, 50)]})
    lb1.start()
    both_are(lb1, "active")
    release = subprocess.Popen([str(BIN / "batonctl"), "--socket", str(lb1.socket), "release", "VI_1"], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    begun(lab)
    regroup(lb1, {}, "")
    lb1.ctl("reload")
    said = release.communicate(timeout=30)[0]
    assert release.returncode == 1
    assert "a reload has changed its sync group meanwhile; ask again" in said
    again = lb1.ctl("release", "VI_1", "--force")
    assert "VI_1 is released" in again.stdout
    assert (lb1.state("VI_1"), lb1.state("VI_2")) == ("backup", "active")


def test_a_run_by_hand_ends_when_a_reload_removes_the_instance(lab):
    lb1 = grouped(lab, {}, "")
    lb1.config["instances"]["VI_1"]["hooks"] = {"release": [long_one(lab, 50)]}
    lb1.write_config()
    lb1.start()
    both_are(lb1, "active")
    by_hand = subprocess.Popen([str(BIN / "batonctl"), "--socket", str(lb1.socket), "hooks", "run", "VI_1", "release"], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    begun(lab)
    del lb1.config["instances"]["VI_1"]
    lb1.write_config()
    lb1.ctl("reload")
    said = by_hand.communicate(timeout=30)[0]
    assert by_hand.returncode == 1
    assert "superseded by deleted" in said


def test_a_release_survives_another_name_of_the_node(lab):
    lb1 = grouped(lab, {}, "")
    lb1.start()
    both_are(lb1, "active")
    lb1.ctl("release", "VI_1", "--force")
    lb1.config["node"] = "lb7"
    lb1.write_config()
    lb1.ctl("reload")
    assert [path.name for path in (lab.network.directory / "state").glob("released-*")] == ["released-lb7.json"]
    assert lb1.stop() == 0
    lb1.start().wait_state("active", "VI_2")
    assert lb1.instance("VI_1")["released"]
