"""The same pair in every form of the protocol: versions 2 and 3, IPv4 and IPv6, to the group and to unicast peers."""
from dataclasses import dataclass, field

import pytest

from tests.lab.batond import VIP
from tests.lab.probes import PingProbe
from tests.lab.processes import eventually
from tests.netns.conftest import heard

VIP6 = "fe80::100"
GLOBAL6 = "2001:db8::100"


@dataclass(frozen=True)
class Form:
    """What an instance is given besides VRID, priority and interface."""
    settings: dict = field(default_factory=dict)
    ipv6: bool = False
    unicast: bool = False
    interval: str = "100ms"

    def own(self, number):
        return f"fe80::{number}" if self.ipv6 else f"10.0.1.{number}"

    @property
    def addresses(self):
        return [f"{VIP6}/64", f"{GLOBAL6}/64"] if self.ipv6 else [f"{VIP}/24"]


V2 = {"vrrp_version": 2}
PASSWORD = {"vrrp_version": 2, "authentication": {"type": "pass", "password": "secret"}}
FORMS = {
    "v3 ipv4": Form(),
    "v3 ipv6": Form(ipv6=True),
    "v3 ipv4 unicast": Form(unicast=True),
    "v3 ipv6 unicast": Form(ipv6=True, unicast=True),
    "v2": Form(V2, interval="1s"),
    "v2 password": Form(PASSWORD, interval="1s"),
    "v2 password unicast": Form(PASSWORD, unicast=True, interval="1s"),
}


def node(lab, form, number, priority, peers=(), **settings):
    """lb1 has address .2, lb2 .3, and so on."""
    host = lab.host(f"lb{number - 1}", f"10.0.1.{number}/24")
    if form.ipv6:
        host.enable_ipv6(f"fe80::{number}/64", f"2001:db8::{number}/64")
    instance = {"interface": "eth0", "vrid": 51, "priority": priority, "advert_interval": form.interval,
                "addresses": form.addresses, **form.settings, **settings}
    if form.unicast:
        instance["unicast"] = {"peers": [form.own(peer) for peer in peers]}
    return lab.batond(host, {"node": host.name, "instances": {"VI_1": instance}})


def started_pair(lab, form, **settings):
    lb1, lb2 = node(lab, form, 2, 101, (3,), **settings), node(lab, form, 3, 100, (2,), **settings)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def held_by(daemon, form):
    return all(daemon.host.holds(address) for address in form.addresses)


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def test_takeover_and_return(lab, form, report):
    lb1, lb2 = started_pair(lab, form)
    assert held_by(lb1, form) and not lb2.host.holds(form.addresses[0])
    assert lb2.instance()["active_router"] == form.own(2)
    lb1.kill()
    assert lb2.wait_state("active")["reason_code"] == "active_down_timer"
    assert held_by(lb2, form)
    lb1.start().wait_state("active")
    yielded = lb2.wait_state("backup")
    assert yielded["reason_code"] == "higher_priority" and form.own(2) in yielded["reason"]
    eventually(lambda: not lb2.host.holds(form.addresses[0]), "lb2 lets go")
    assert lb1.stop() == 0
    resigned = lb2.wait_state("active")
    assert resigned["reason_code"] == "peer_resigned"
    for daemon in (lb1, lb2):
        if daemon.running():
            counters = [*daemon.counters().items(), *daemon.status()["counters"].items()]
            assert [one for one in counters if one[0].startswith("rejected_") and one[1]] == []


# A capture on the bridge sees what is flooded; unicast frames are not.
@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if not form.unicast])
def test_tshark_finds_no_fault(lab, name):
    form = FORMS[name]
    capture = lab.capture()
    lb1, lb2 = started_pair(lab, form)
    heard(lb2, 3)
    lb1.stop()
    lb2.wait_state("active")
    assert capture.tshark("_ws.malformed || (vrrp && _ws.expert)", "frame.number") == []
    rows = capture.tshark("vrrp", "ip.ttl", "ipv6.hlim", "vrrp.version", "vrrp.checksum.status", "ip.dsfield.dscp",
                          "ipv6.tclass.dscp")
    assert len(rows) >= 4
    version = str(form.settings.get("vrrp_version", 3))
    good = ["", "255", version, "1", "", "48"] if form.ipv6 else ["255", "", version, "1", "48", ""]
    assert [row for row in rows if row != good] == []
    for address in form.addresses:
        macs = {one.mac for one in capture.announcements(address.split("/")[0])}
        assert macs == {lb1.host.mac(), lb2.host.mac()}


def test_wrong_password_is_refused_and_told(lab):
    form = FORMS["v2 password"]
    lb1 = node(lab, form, 2, 101)
    lb2 = node(lab, form, 3, 100, authentication={"type": "pass", "password": "Secret"})
    for daemon in (lb1, lb2):
        daemon.start()
        daemon.wait_state("active")
    eventually(lambda: lb2.counters()["rejected_authentication"] >= 3, "lb2 refuses three adverts")
    refused = lb2.events("advert_refused")
    assert [(event["reason"], event["source"]) for event in refused] == [("authentication", "10.0.1.2")]
    assert "password" in refused[0]["message"] and "secret" not in lb2.log.read_text().lower()


def test_other_version_is_refused_and_told(lab):
    lb1 = node(lab, FORMS["v2"], 2, 101)
    lb2 = node(lab, FORMS["v3 ipv4"], 3, 100)
    for daemon in (lb1, lb2):
        daemon.start()
        daemon.wait_state("active")
    eventually(lambda: lb2.counters()["rejected_version"] >= 3, "lb2 refuses three adverts")
    assert [event["reason"] for event in lb2.events("advert_refused")] == ["version"]


def test_unicast_refuses_strangers(lab):
    form = FORMS["v3 ipv4 unicast"]
    stranger = node(lab, form, 4, 200, (3,))
    lb2 = node(lab, form, 3, 100, (2,)).start()
    stranger.start()
    lb2.wait_state("active")
    stranger.wait_state("active")
    eventually(lambda: lb2.counters()["rejected_unicast_source"] >= 3, "lb2 refuses three adverts")
    assert lb2.state() == "active"


def test_unicast_peer_out_of_reach_is_told_once_and_by_name(lab):
    form, nowhere = FORMS["v3 ipv4 unicast"], "10.9.9.9"
    lb1, lb2 = node(lab, form, 2, 101, (3,)), node(lab, form, 3, 100, (2,))
    lb1.config["instances"]["VI_1"]["unicast"]["peers"].append(nowhere)
    lb1.write_config()
    lb1.host.run("nft", "add table ip far; add chain ip far out { type filter hook output priority 0; }; "
                        f"add rule ip far out ip daddr {nowhere} drop")
    lb1.start().wait_state("active")
    lb2.start()
    heard(lb2, 20)
    assert (lb1.state(), lb2.state()) == ("active", "backup")
    told = [event["why"] for event in lb1.events("effect_failed")]
    assert len(told) == 1 and told[0].startswith(f"advert from {form.own(2)} to {nowhere} on eth0: ")
    assert lb1.counters()["send_errors"] >= 20


def test_pair_goes_from_version_2_to_3(lab, report):
    """As docs/from-version-2.md has it: the new one takes over beside the old one, which then stops."""
    lb1, lb2 = started_pair(lab, FORMS["v2"])
    ping = PingProbe(lab.host("client", "10.0.1.50/24"), VIP)
    for newer, older in ((lb2, lb1), (lb1, None)):
        if newer.running():
            assert newer.stop() == 0
        newer.config["instances"]["VI_1"].update(vrrp_version=3, advert_interval="100ms")
        newer.write_config()
        newer.start().wait_state("active")
        if older:
            assert older.state() == "active"  # they do not understand each other
            assert older.stop() == 0
    lb2.wait_state("backup")
    heard(lb2, 3)
    lost = ping.stop()
    report(f"from version 2 to 3, one node after the other: the client lost {lost['lost']} of {lost['sent']} echo requests")
    assert lost["lost"] < 100  # it asks every millisecond; an Active_Down_Interval would be 3,600


def test_lists_may_change_one_node_after_the_other(lab):
    form = FORMS["v3 ipv4"]
    lb1 = node(lab, form, 2, 101, addresses=[f"{VIP}/24", "10.0.1.101/24"])
    lb2 = node(lab, form, 3, 100)
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 3)
    assert lb2.counters()["address_list_mismatch"] >= 3
    assert len(lb2.events("addresses_differ")) == 1
    assert lb2.state() == "backup"


def test_address_family_of_its_own(lab):
    """One VRID, both families: two virtual routers that know nothing of each other."""
    form = Form(ipv6=True)
    lb1, lb2 = node(lab, form, 2, 101), node(lab, form, 3, 100)
    for daemon, priority in ((lb1, 100), (lb2, 101)):
        daemon.config["instances"]["VI_4"] = {"interface": "eth0", "vrid": 51, "priority": priority,
                                              "advert_interval": "100ms", "addresses": [f"{VIP}/24"]}
        daemon.write_config()
    lb1.start().wait_state("active")
    lb2.start()
    lb2.wait_state("active", "VI_4")
    lb1.wait_state("backup", "VI_4")
    assert (lb1.state(), lb2.state()) == ("active", "backup")
    assert lb1.host.holds(VIP6) and lb2.host.holds(VIP)
