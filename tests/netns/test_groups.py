"""Sync groups on a real kernel: an inside and an outside address that must be on one host (decision 012)."""
from tests.lab.processes import eventually
from tests.netns.test_release import in_state_dir
from tests.netns.test_reload import reload

INSIDE, OUTSIDE = "10.0.1.100", "10.0.2.100"


def node(lab, number, priority):
    host = lab.host(f"lb{number - 1}", f"10.0.1.{number}/24")
    lab.network.connect(host, "eth1", f"10.0.2.{number}/24", "br1")
    instances = {name: {"interface": interface, "vrid": vrid, "priority": priority, "advert_interval": "100ms",
                        "addresses": [f"{address}/24"]}
                 for name, interface, vrid, address in (("inside", "eth0", 51, INSIDE), ("outside", "eth1", 52, OUTSIDE))}
    return lab.batond(host, {"node": host.name, "instances": instances, "sync_groups": {"front": ["inside", "outside"]}})


def states(daemon):
    return daemon.state("inside"), daemon.state("outside")


def has_both(daemon):
    return daemon.host.holds(INSIDE) and daemon.host.holds(OUTSIDE, "eth1")


def pair(lab):
    lab.network.add_bridge("br1")
    lb1, lb2 = node(lab, 2, 101), node(lab, 3, 100)
    lb1.start().wait_state("active", "inside")
    lb1.wait_state("active", "outside")
    lb2.start().wait_state("backup", "inside")
    lb2.wait_state("backup", "outside")
    return lb1, lb2


def test_one_cable_takes_both_addresses_along(lab):
    lb1, lb2 = pair(lab)
    lb1.host.cut("eth1")
    eventually(lambda: states(lb2) == ("active", "active"), "lb2 has taken over")
    assert has_both(lb2) and not lb1.host.holds(INSIDE)
    faulty = lb1.instance("inside")
    assert faulty["state"] == "fault" and faulty["faults"][0]["name"] == "group_member"
    assert "eth1 has no link" in faulty["reason"]
    lb1.host.restore("eth1")
    eventually(lambda: states(lb1) == ("active", "active") and states(lb2) == ("backup", "backup"), "lb1 is back")
    eventually(lambda: has_both(lb1) and not lb2.host.holds(INSIDE), "with both addresses")


def test_clean_stop_hands_both_over(lab):
    lb1, lb2 = pair(lab)
    assert lb1.stop() == 0
    eventually(lambda: states(lb2) == ("active", "active"), "lb2 has taken over")
    assert has_both(lb2)


def test_node_that_cannot_hold_one_member_leaves_the_other_node_alone(lab):
    lab.network.add_bridge("br1")
    capture = lab.capture()
    lb1, lb2 = node(lab, 2, 101), node(lab, 3, 100)
    lb2.start().wait_state("active", "inside")
    lb2.wait_state("active", "outside")
    before = lb2.transitions("inside"), lb2.transitions("outside")
    lb1.host.ip(f"address add {OUTSIDE}/24 dev eth1")  # somebody's, and in the way
    lb1.start().wait_state("fault", "outside")
    lb1.wait_state("fault", "inside")
    tried = lb1.instance("outside")["counters"]["hold_errors"]
    eventually(lambda: lb1.counters("outside")["hold_errors"] > tried, "lb1 tries again")
    lb1.wait_state("fault", "inside")
    assert capture.adverts("10.0.1.2") == []
    assert {one.mac for one in capture.announcements(INSIDE)} == {lb2.host.mac()}
    assert (lb2.transitions("inside"), lb2.transitions("outside")) == before
    lb1.host.ip(f"address delete {OUTSIDE}/24 dev eth1")
    eventually(lambda: states(lb1) == ("active", "active") and states(lb2) == ("backup", "backup"), "lb1 has both")


def apart(lab, number, inside, outside):
    """A node with these priorities, and no group yet."""
    daemon = in_state_dir(node(lab, number, inside))
    daemon.config["instances"]["outside"]["priority"] = outside
    del daemon.config["sync_groups"]
    daemon.write_config()
    return daemon


def test_members_that_are_apart_when_their_group_is_made_are_told_and_brought_together_by_hand(lab):
    lab.network.add_bridge("br1")
    lb1, lb2 = apart(lab, 2, 110, 100).start(), apart(lab, 3, 100, 110).start()
    eventually(lambda: states(lb1) == ("active", "backup") and states(lb2) == ("backup", "active"), "one each")
    for daemon in (lb1, lb2):
        daemon.config["sync_groups"] = {"front": ["inside", "outside"]}
        reload(daemon)
    assert states(lb1) == ("active", "backup")
    assert "Its group front is split" in lb1.ctl("why", "outside").stdout
    lb1.ctl("release", "inside", "--for", "1h")
    eventually(lambda: states(lb2) == ("active", "active"), "both are at lb2")
    assert "is split" not in lb2.ctl("why", "inside").stdout
