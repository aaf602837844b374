"""A release by hand: it hands over, stands aside for its time, and stays aside over a restart."""
import json

from tests.lab.batond import VIP, configuration
from tests.lab.processes import eventually
from tests.netns.conftest import await_holder, heard, holders
from tests.netns.test_hooks import noted, noting, program


def in_state_dir(daemon):
    """What it keeps over a restart stays in the lab."""
    daemon.config["state_dir"] = str(daemon.host.directory / "state")
    daemon.write_config()
    return daemon


def released_pair(lab, *arguments, **settings):
    lb1, lb2 = (in_state_dir(daemon) for daemon in lab.pair(**settings))
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    answer = lb1.ctl("release", "VI_1", *arguments)
    return lb1, lb2, answer


def pair_with_hooks(lab, hooks):
    """Those of lb1, which is active; lb2 is backup and hears it."""
    lb1, lb2 = (in_state_dir(daemon) for daemon in lab.pair())
    lb1.config["instances"]["VI_1"]["hooks"] = hooks
    lb1.write_config()
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def test_it_hands_over_and_stands_aside_until_it_is_resumed(lab):
    lb1, lb2, answer = released_pair(lab)
    assert answer.stdout == ("VI_1 is released: released by hand; 10.0.1.3 took over with priority 100\n"
                             "out of the election until `batonctl resume VI_1`\n")
    assert holders(lb1, lb2) == ["lb2"]
    assert lb1.instance()["released"] is True and lb1.instance()["release_until"] is None
    assert "backup (released)" in lb1.ctl("status").stdout
    heard(lb1, 10)  # the lesser router is left alone for longer than an Active_Down_Interval
    assert lb1.state() == "backup"
    assert lb1.ctl("resume", "VI_1").stdout == "VI_1 takes part again\n"
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    assert lb1.ctl("resume", "VI_1").stdout == "VI_1 was not released\n"


def test_who_stands_aside_says_when_nobody_is_heard_any_more(lab):
    lb1, lb2, _ = released_pair(lab)
    eventually(lambda: lb1.instance()["active_router"] == "10.0.1.3", "lb1 hears its successor")
    lb2.kill()
    eventually(lambda: lb1.instance()["active_router"] is None, "lb1 has heard nobody for an Active_Down_Interval")
    why = lb1.ctl("why", "VI_1").stdout
    assert "Active router: none heard" in why
    assert "No other router is heard: nobody answers for the addresses" in why and lb1.state() == "backup"


def test_its_time_runs_out(lab):
    lb1, lb2, answer = released_pair(lab, "--for", "2s")
    assert "out of the election until 20" in answer.stdout and "or `batonctl resume VI_1`" in answer.stdout
    assert lb1.instance()["release_until"]
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    assert lb1.instance()["release_until"] is None


def test_without_a_successor_it_is_refused_and_nothing_is_let_go(lab):
    lb1 = in_state_dir(lab.pair()[0])
    lb1.start().wait_state("active")
    capture = lab.capture()
    before = len(lb1.transitions())
    refused = lb1.ctl("release", "VI_1", check=False)
    assert refused.returncode == 1
    assert refused.stdout.startswith("VI_1 is not released: no other router took over within ")
    assert "it goes on as Active (--force lets go all the same)" in refused.stdout
    assert (lb1.state(), holders(lb1), len(lb1.transitions())) == ("active", ["lb1"], before)
    eventually(lambda: [advert.priority for advert in capture.adverts("10.0.1.2")][-1:] == [101], "it advertises again")
    assert not list((lb1.host.directory / "state").glob("*"))
    forced = lb1.ctl("release", "VI_1", "--force")
    assert forced.stdout.startswith("VI_1 is released: released by force, though no successor was heard")
    assert holders(lb1) == []


def test_release_hooks_run_while_it_still_has_the_address(lab):
    directory = lab.network.directory
    note = program(lab, "release", f'echo "$BATON_EVENT $BATON_STATE $(ip -o address show dev eth0 | grep -c {VIP})" '
                                   f'>> {directory}/notes')
    hooks = {"release": [{"run": [note]}], "backup": [noting(lab, "$BATON_NODE $BATON_EVENT")]}
    lb1, _ = pair_with_hooks(lab, hooks)
    lb1.ctl("release", "VI_1")
    noted(lab, ["lb1 backup", "release active 1", "lb1 backup"])


def test_a_release_hook_that_fails_refuses_it_and_the_active_hooks_run_again(lab):
    hooks = {"release": [{"run": "echo queue is stuck; exit 3"}], "active": [noting(lab, "$BATON_EVENT")]}
    lb1, lb2 = pair_with_hooks(lab, hooks)
    noted(lab, ["active"])
    refused = lb1.ctl("release", "VI_1", check=False)
    assert refused.returncode == 1
    assert refused.stdout == "VI_1 is not released: a release hook failed: /bin/sh: exit status 3: queue is stuck; `batonctl release --force` goes on all the same\n"
    noted(lab, ["active", "active"])
    assert (lb1.state(), holders(lb1, lb2)) == ("active", ["lb1"])
    assert lb1.ctl("release", "VI_1", "--force").returncode == 0
    await_holder(lb2, lb1)


def test_it_outlives_a_restart_and_a_crash(lab):
    lb1, lb2, _ = released_pair(lab, "--for", "1h")
    until = lb1.instance()["release_until"]
    assert lb1.stop() == 0
    lb1.start().wait_state("backup")
    assert lb1.instance()["released"] is True
    assert lb1.instance()["release_until"][:15] == until[:15]  # the file has whole seconds
    lb1.kill()
    lb1.start().wait_state("backup")
    assert lb1.instance()["released"] is True
    lb2.kill()
    eventually(lambda: not holders(lb2), "lb2's lease runs out")
    assert lb1.state() == "backup"  # nobody takes over: that is what was asked for
    lb1.ctl("resume", "--all")
    lb1.wait_state("active")
    assert not list((lb1.host.directory / "state").glob("*"))


def test_all_of_a_node_go_and_members_of_a_group_together(lab):
    def node(name, address, priority):
        config = configuration(name, priority=priority, advert_interval="100ms")
        for vrid in (52, 53):
            config["instances"][f"VI_{vrid - 50}"] = {
                "interface": "eth0", "vrid": vrid, "priority": priority, "addresses": [f"10.0.1.{vrid + 49}/24"],
                "advert_interval": "100ms"}
        config["sync_groups"] = {"mail": ["VI_1", "VI_2"]}
        return in_state_dir(lab.batond(lab.host(name, f"{address}/24"), config))

    lb1, lb2 = node("lb1", "10.0.1.2", 101), node("lb2", "10.0.1.3", 100)
    for daemon, state in ((lb1, "active"), (lb2, "backup")):
        daemon.start()
        for name in ("VI_1", "VI_2", "VI_3"):
            daemon.wait_state(state, name)
    heard(lb2, 2)
    assert "VI_2 is released" in lb1.ctl("release", "VI_1").stdout
    assert [lb1.instance(name)["released"] for name in ("VI_1", "VI_2", "VI_3")] == [True, True, False]
    assert lb1.ctl("release", "--all", "--for", "1h").stdout.count(" is released: ") == 3
    assert [lb2.state(name) for name in ("VI_1", "VI_2", "VI_3")] == ["active"] * 3
    assert lb1.ctl("resume", "--all").stdout == "".join(f"VI_{n} takes part again\n" for n in (1, 2, 3))
    for name in ("VI_1", "VI_2", "VI_3"):
        lb1.wait_state("active", name)


def test_wrong_words_are_refused(lab):
    lb1 = in_state_dir(lab.pair()[0]).start()
    for words, status, text in ((("release",), 2, "which instance? Name one, or say --all"),
                                (("release", "VI_1", "--all"), 2, "leave the name out"),
                                (("release", "VI_9"), 1, 'there is no instance "VI_9"'),
                                (("release", "VI_1", "--for", "soon"), 1, "soon"),
                                (("release", "VI_1", "--for", "10ms"), 1, "1s at least")):
        refused = lb1.ctl(*words, check=False)
        assert refused.returncode == status, refused
        assert text in refused.stderr
    assert lb1.instance()["released"] is False


def test_a_reload_does_not_resume(lab):
    lb1, _, _ = released_pair(lab)
    lb1.config["instances"]["VI_1"]["priority"] = 150
    lb1.write_config()
    lb1.ctl("reload")
    heard(lb1, 10)
    assert lb1.instance()["released"] is True
    state = json.loads(next((lb1.host.directory / "state").glob("released-*.json")).read_text())
    assert state == {"VI_1": None}
