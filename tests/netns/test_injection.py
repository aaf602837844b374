"""Malformed adverts from a third host: each is counted under its own reason, and moves nothing else.

One table for each form of the protocol: kind -> octets -> counter. The receiver is an owner with long intervals: Active
at once, and its counters stand still by themselves.
"""
import time
from dataclasses import dataclass, field

import pytest

from tests.lab.adverts import Advert, send
from tests.lab.processes import eventually
from tests.netns.conftest import heard
from tests.netns.signing import KEYS, needs_root, sign
from tests.netns.test_protocols import Form, node

ATTACKER = "10.0.1.9"
ATTACKER6 = "fe80::9"
V4 = Advert()
V2 = Advert(version=2, interval=255, auth_type=1, password=b"secret")
V6 = Advert(source=ATTACKER6, addresses=("fe80::100", "2001:db8::100"))
SIGNED = Advert(key=KEYS[1])


def unicast(advert, lb):
    """To lb1 itself."""
    return advert.but(destination="fe80::2" if advert.family == 6 else "10.0.1.2", mac=lb.host.mac())


@dataclass(frozen=True)
class Target:
    """What is sent to it: adverts, or what makes one of the target; the counter by which it is refused. A kind that is
    counted by the node, because no instance is meant, is "node ..."."""
    form: Form
    good: dict
    bad: dict
    settings: dict = field(default_factory=dict)
    more_instances: dict = field(default_factory=dict)


COMMON = {
    "TTL 254": (lambda good: good.but(hops=254), "hop_limit"),
    "TTL 0": (lambda good: good.but(hops=0), "hop_limit"),
    "7 octets": (lambda good: good.but(size=7), "too_short"),
    "version 0": (lambda good: good.but(version=0), "version"),
    "version 4": (lambda good: good.but(version=4), "version"),
    "type 0": (lambda good: good.but(kind=0), "type"),
    "type 2": (lambda good: good.but(kind=2), "type"),
    "one octet short": (lambda good: good.but(size=len(good.payload()) - 1), "length"),
    "one octet more": (lambda good: good.but(size=len(good.payload()) + 1), "length"),
    "more addresses than it says": (lambda good: good.but(count=0), "length"),
    "fewer addresses than it says": (lambda good: good.but(count=255), "length"),
    "wrong checksum": (lambda good: good.but(checksum=0xBEEF), "checksum"),
    "no address": (lambda good: good.but(addresses=()), "count_zero"),
    "another VRID": (lambda good: good.but(vrid=52), "node unknown_vrid"),
}


def common(good, *but):
    return {kind: (make(good), counter) for kind, (make, counter) in COMMON.items() if kind not in but}


TARGETS = {
    "v3 ipv4": Target(
        Form(interval="40s"),
        {"plain": V4},
        {**common(V4),
         "version 2": (V4.but(version=2, interval=1), "version"),
         "interval 0": (V4.but(interval=0), "interval_zero"),
         "from our own address": (V4.but(source="10.0.1.2"), "own_source"),
         "from no address": (V4.but(source="0.0.0.0"), "source"),
         "to our own address": (lambda lb: unicast(V4, lb), "destination"),
         "a trailer that nobody asked for": (SIGNED, "length"),
         "nothing": (V4.but(size=0), "node too_short"),
         "one octet": (V4.but(size=1), "node too_short")}),
    "v3 ipv6": Target(
        Form(ipv6=True, interval="40s"),
        # RFC 9568 section 7.1 asks for no check of the source: hop limit 255 says that it is on the link.
        {"plain": V6, "source not link-local": V6.but(source="2001:db8::9")},
        {**common(V6),
         "version 2 over IPv6": (V6.but(version=2, interval=1), "version"),
         "interval 0": (V6.but(interval=0), "interval_zero"),
         "first address not link-local": (V6.but(addresses=("2001:db8::100", "fe80::100")), "first_address"),
         "from our own address": (V6.but(source="fe80::2"), "own_source"),
         "from no address": (V6.but(source="::"), "source"),
         "to our own address": (lambda lb: unicast(V6, lb), "destination")}),
    "v2 password": Target(
        Form({"vrrp_version": 2, "authentication": {"type": "pass", "password": "secret"}}, interval="255s"),
        {"plain": V2},
        {**common(V2),
         "version 3": (V4, "version"),
         "without its password": (V2.but(size=12), "length"),
         "no authentication": (V2.but(auth_type=0, password=b""), "authentication_type"),
         "authentication header": (V2.but(auth_type=2), "authentication_type"),
         "another password": (V2.but(password=b"Secret"), "authentication"),
         "the beginning of the password": (V2.but(password=b"secre"), "authentication"),
         "another interval": (V2.but(interval=254), "interval_mismatch"),
         "interval 0": (V2.but(interval=0), "interval_mismatch"),
         "other addresses": (V2.but(addresses=("10.0.1.101",)), "address_list"),
         "from our own address": (V2.but(source="10.0.1.2"), "own_source")},
        {"address_list": "refuse"}),
    "unicast": Target(
        Form(interval="40s"),
        {"plain": lambda lb: unicast(V4, lb),
         "summed as to the group": lambda lb: unicast(V4, lb).but(
             checksum=int.from_bytes(V4.payload()[6:8], "big"))},
        {"from a stranger": (lambda lb: unicast(V4.but(source="10.0.1.8"), lb), "unicast_source"),
         "to the group": (V4, "destination"),
         "TTL 254": (lambda lb: unicast(V4.but(hops=254), lb), "hop_limit"),
         "wrong checksum": (lambda lb: unicast(V4.but(checksum=0xBEEF), lb), "checksum"),
         "from our own address": (lambda lb: unicast(V4.but(source="10.0.1.2"), lb), "own_source"),
         "7 octets": (lambda lb: unicast(V4.but(size=7), lb), "too_short")},
        {"unicast": {"peers": [ATTACKER]}},
        # For its sake the group is joined; it is an owner as well, and as quiet.
        {"VI_2": {"interface": "eth0", "vrid": 60, "priority": 255, "advert_interval": "40s",
                  "addresses": ["10.0.1.101/24"]}}),
    "signed": Target(
        Form(interval="40s"),
        {"plain": lambda lb: SIGNED},
        {**common(SIGNED),
         "no signature": (V4, "authentication_missing"),
         "priority 0 without a signature": (V4.but(priority=0), "authentication_missing"),
         "trailer of another type": (SIGNED.but(trailer_kind=2), "authentication_malformed"),
         "key 0": (SIGNED.but(key_number=0), "authentication_malformed"),
         "a key that is not there": (SIGNED.but(key_number=9), "authentication_unknown_key"),
         "another key": (lambda lb: SIGNED.but(key=KEYS[2]), "authentication_invalid"),
         "priority 0 with another key": (lambda lb: SIGNED.but(key=KEYS[2], priority=0), "authentication_invalid"),
         "signed an hour ago": (lambda lb: SIGNED.but(signed_at=time.time() - 3600), "authentication_stale"),
         "signed in an hour": (lambda lb: SIGNED.but(signed_at=time.time() + 3600), "authentication_stale"),
         "the trailer cut off by one octet": (lambda lb: SIGNED.but(size=39), "length")}),
    "signed v2": Target(
        Form({"vrrp_version": 2}, interval="255s"),
        {"plain": lambda lb: V2.but(key=KEYS[1], auth_type=0, password=b"")},
        {"no signature": (V2.but(auth_type=0, password=b""), "authentication_missing"),
         "a password": (lambda lb: V2.but(key=KEYS[1]), "authentication_type"),
         "another key": (lambda lb: V2.but(key=KEYS[2], auth_type=0), "authentication_invalid")}),
    "signed ipv6": Target(
        Form(ipv6=True, interval="40s"),
        {"plain": lambda lb: V6.but(key=KEYS[1])},
        {"no signature": (V6, "authentication_missing"),
         "summed without the trailer": (lambda lb: V6.but(
             key=KEYS[1], checksum=int.from_bytes(V6.payload()[6:8], "big")), "checksum"),
         "another key": (lambda lb: V6.but(key=KEYS[2]), "authentication_invalid")}),
}


def made(what, daemon):
    return (what(daemon) if callable(what) else what).frame()


@pytest.fixture
def target(lab, request):
    """The receiver, Active; its table; and the attacker."""
    if request.param.startswith("signed"):
        needs_root()
    chosen = TARGETS[request.param]
    lb1 = node(lab, chosen.form, 2, 255, **chosen.settings)
    lb1.config["instances"].update(chosen.more_instances)
    lb1.write_config()
    if request.param.startswith("signed"):
        sign(lb1)
    # Without this the kernel itself drops what claims to come from our own address.
    lb1.host.sysctl("ipv4/conf/all/accept_local", 1)
    lb1.start().wait_state("active")
    yield lb1, chosen, lab.host("attacker", f"{ATTACKER}/24")
    lb1.terminate()  # and once more by the lab: its handover would last minutes
    eventually(lambda: lb1.instance()["handing_over"], "lb1 hands over")


def all_counters(daemon):
    """Of the instance and of the node, but for announcements: those repeat for 5 s."""
    status = daemon.status()
    counters = {**status["instances"][0]["counters"]}
    counters.pop("announcements")
    for name, count in status["counters"].items():
        counters[f"node {name}"] = count
    return counters


def what_moved(before, daemon):
    now = all_counters(daemon)
    return {name: now[name] - count for name, count in before.items() if now[name] != count}


@pytest.mark.parametrize("target", TARGETS, indirect=True)
def test_bad_advert_moves_its_counter_alone(target):
    lb1, chosen, attacker = target
    transitions = lb1.transitions()
    for kind, (bad, counter) in chosen.bad.items():
        place, _, reason = counter.rpartition(" ")
        expected = f"{place} rejected_{reason}".strip()
        before = all_counters(lb1)
        send(attacker, *[made(bad, lb1) for _ in range(2)])
        eventually(lambda: sum(what_moved(before, lb1).values()) >= 2, f"{chosen.form}: a counter moves for {kind}")
        assert what_moved(before, lb1) == {expected: 2}, kind
        assert lb1.transitions() == transitions, kind
    assert lb1.host.holds(chosen.form.addresses[0])
    # Each reason is told once, with the sender; of the rest there is the count.
    told = [event["reason"] for event in lb1.events("advert_refused")]
    silent = {"unknown_vrid"}
    assert sorted(told) == sorted(reason for _, reason in {tuple(counter.rpartition(" ")[::2])
                                                           for _, counter in chosen.bad.values()} if reason not in silent)


@pytest.mark.parametrize("target", TARGETS, indirect=True)
def test_good_advert_is_taken(target):
    """Those that all bad ones are made from: without this they might be refused for another reason."""
    lb1, chosen, attacker = target
    for kind, good in chosen.good.items():
        before = lb1.counters()["adverts_received"]
        send(attacker, made(good, lb1))
        eventually(lambda: lb1.counters()["adverts_received"] == before + 1, f"{kind} is taken")
    counters = lb1.counters()  # a lesser one is answered at once, but for the limit
    assert counters["adverts_sent"] + counters["answers_suppressed"] == 1 + len(chosen.good)
    assert lb1.state() == "active"


STORM = {counter: bad for bad, counter in TARGETS["v3 ipv4"].bad.values() if counter not in ("own_source", "destination")}


def test_storm_of_bad_adverts_moves_nothing(lab, report):
    """2,000 in one go: each is counted, adverts go on, and the log has a line for each reason and no more."""
    lb1, lb2 = lab.started_pair()
    attacker = lab.host("attacker", f"{ATTACKER}/24")
    rounds = 2000 // len(STORM)
    before = {lb: (lb.transitions(), all_counters(lb), len(lb.log.read_text().splitlines())) for lb in (lb1, lb2)}
    frames = [made(bad, lb1) for bad in STORM.values()] * rounds
    began = time.monotonic()
    send(attacker, *frames)
    took = time.monotonic() - began
    heard(lb2, 5)
    for lb in (lb1, lb2):
        transitions, counters, lines = before[lb]
        moved = what_moved(counters, lb)
        refused = {name: count for name, count in moved.items() if "rejected_" in name}
        expected = {f"node rejected_{counter[5:]}" if counter.startswith("node ") else f"rejected_{counter}": rounds
                    for counter in STORM}
        assert refused == expected
        assert lb.transitions() == transitions
        told = lb.log.read_text().splitlines()[lines:]
        assert len(told) <= len(STORM)
        assert all(event["untold"] == 0 for event in lb.events("advert_refused"))  # the rest goes with the next line
    report(f"{len(frames)} bad adverts in {1000 * took:.0f} ms: all counted on both nodes, no transition, "
           f"at most {len(STORM)} log lines each")
