"""What happened in one act, from all that was written down: rows of (time, who, what), in order of time."""
from collections import namedtuple

from tests.lab.batond import VIP, seconds

Row = namedtuple("Row", "time who what")

STEPS = {
    "addresses_held": "address taken: {address}, confirmed by the kernel",
    "advert_sent": "advert sent",
    "announced": "ARP announced",
    "addresses_released": "address given up: {address}",
}


def headline(transition):
    if transition["reason_code"] == "active_down_timer":
        return f"advert timeout: {transition['reason']}"
    verb = {"active": "takes over", "backup": "is backup", "fault": "fault", "initialize": "ends"}[transition["to"]]
    return f"{verb}: {transition['reason']}"


def of_transition(name, transition, address=VIP):
    began = seconds(transition["at"])
    yield Row(began, name, headline(transition))
    for step in transition["steps"]:
        yield Row(began + step["after_ms"] / 1000, name, STEPS[step["what"]].format(address=address))


def of_node(name, batond, since):
    """The node's own account: from its status, or from its log once it has ended."""
    for transition in batond.transitions():
        if seconds(transition["at"]) > since:
            yield from of_transition(name, transition)
    for kind in ("check_changed", "priority_changed", "link_changed", "stopping"):
        for event in batond.events(kind):
            if seconds(event["time"]) > since:
                yield Row(seconds(event["time"]), name, event["message"])


def of_client(front, since, outage):
    owners = {host.mac(): name for name, host in front.lb.items()}
    yield Row(outage.last_good, "client", "last good answer")
    for move in front.arp.moves(since):
        yield Row(move.time, "client", f"now finds {VIP} at {owners.get(move.mac, move.mac)}")
    yield Row(outage.first_good, "client", "first good answer")


def of_act(front, moment, deed, outage):
    rows = [Row(moment, "act", deed), *of_client(front, moment, outage)]
    for name, batond in front.batond.items():
        rows += of_node(name, batond, moment)
    return sorted(rows, key=lambda row: row.time)
