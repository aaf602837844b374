"""What happened in the lab, from what its hosts and the engine have written down: rows of (time, who, what), in order.

Asks Docker alone (`docker logs`, `docker events`, `docker inspect`), so a host that is dead or frozen has its say too. It
changes nothing. What each host writes: batond its log as JSON, docker/client.py every attempt, the sink every mail.
"""
import json
import subprocess
import time
from collections import Counter, namedtuple
from datetime import datetime

from tests.lab.timeline import Row, of_transition

PREFIX = "baton-"
NETWORK = "baton-lab"
BALANCERS = ("lb1", "lb2")
MAIL_SERVERS = ("mta1", "mta2")
NODES = BALANCERS + MAIL_SERVERS
HOSTS = NODES + ("client", "sink")
INSTANCES = {"lb1": "VI_1", "lb2": "VI_1", "mta1": "QUEUE", "mta2": "QUEUE"}
ADDRESSES = {"VI_1": "10.0.1.100", "QUEUE": "10.0.1.101"}

# What an event of batond's log is worth a row for.
TOLD = ("check_changed", "priority_changed", "link_changed", "stopping", "hook_ended", "release_begun", "released", "release_refused",
        "resumed", "gate_begun", "gate_dropped", "address_repaired")
# What somebody did to a container. An exec is only told of when it is one of docker/lab's own (see docker/host).
DEEDS = {"pause": "{0} is frozen (docker pause)", "unpause": "{0} goes on (docker unpause)", "start": "{0} is started",
         "die": "{0} has ended", "disconnect": "{0} is cut from the network (docker network disconnect)",
         "connect": "{0} is on the network again (docker network connect)"}
SIGNALS = {"9": "{0} is killed (SIGKILL)", "15": "{0} is told to stop (SIGTERM)"}
EXECUTED = ("service ", "lab-host ", "batonctl release", "batonctl resume", "batonctl drill")

Outage = namedtuple("Outage", "last_good first_good failed")
Mails = namedtuple("Mails", "taken arrived queued missing doubled")


class EngineError(Exception):
    """Docker said no; the text is its own."""


def docker(*words, check=True, timeout=120):
    try:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, errors="replace", timeout=timeout)
    except FileNotFoundError:
        raise EngineError("there is no docker here; on Debian: apt-get install docker.io docker-compose") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"docker {' '.join(words)}: no answer for {timeout} s") from None
    if check and done.returncode != 0:
        raise EngineError(f"docker {' '.join(words)}: {(done.stderr or done.stdout).strip()}")
    return done


def container(host):
    return PREFIX + host


def states():
    """{host: "running", "paused", "exited"}, of those that are there."""
    shown = docker("ps", "--all", "--filter", f"name=^{PREFIX}", "--format", "{{.Names}} {{.State}}").stdout
    found = dict(line.split() for line in shown.splitlines())
    return {host: found[container(host)] for host in HOSTS if container(host) in found}


def written(host, since=0.0):
    """The lines of a host's output."""
    words = ["logs", "--since", f"{since:.3f}"] if since else ["logs"]
    done = docker(*words, container(host))
    return (done.stdout + done.stderr).splitlines()


def objects(lines):
    for line in lines:
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:  # cut off by a kill
                pass


def seconds(rfc3339):
    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp()


# What the nodes wrote.

def transitions(host, since=0.0):
    return [event for event in objects(written(host, since)) if event.get("event") == "transition"]


def of_node(host, since):
    for event in objects(written(host, since)):
        if event.get("event") == "transition":
            yield from of_transition(host, event, ADDRESSES[INSTANCES[host]])
        elif event.get("event") in TOLD:
            yield Row(seconds(event["time"]), host, shortened(event["message"]))


def shortened(message):
    """Of what queue-handover says, the numbers that tell how it went."""
    head, found, said = message.partition("; it said: ")
    told = next(objects([said]), {}) if found else {}
    counts = [f"{key} {told[key]}" for key in ("handed_over", "left", "held", "released") if key in told]
    return f"{head}: {', '.join(counts)}" if counts else message


# What the client wrote.

def attempts(since=0.0):
    """Of the client: all that began later."""
    return [one for one in objects(written("client", since)) if one["start"] >= since]


def outage(since, until=None):
    """The widest gap between two good answers of which the second came after `since`; None without two."""
    until = until or time.time()
    results = attempts(since - 10)
    good = [one["end"] for one in results if one["ok"]]
    gaps = [(later - sooner, sooner, later) for sooner, later in zip(good, good[1:]) if later > since and sooner < until]
    if not gaps:
        return None
    _, last_good, first_good = max(gaps)
    failed = sum(1 for one in results if not one["ok"] and since <= one["end"] <= until)
    return Outage(last_good, first_good, failed)


def of_client(since, until):
    results = attempts(since - 10)
    for sooner, later in zip(results, results[1:]):
        if since < later["end"] < until and later["at"] and sooner["at"] != later["at"]:
            yield Row(later["end"], "client", f"now finds {ADDRESSES['VI_1']} at {later['at']}")
    gap = outage(since, until)
    if gap and gap.failed:
        yield Row(gap.last_good, "client", "last good answer")
        yield Row(gap.first_good, "client", "first good answer")


# What the engine wrote.

def deeds(since, until=None):
    """What was done to the hosts, by docker/lab or by hand. The engine remembers its last 256 events."""
    shown = docker("events", "--since", f"{since:.3f}", "--until", f"{until or time.time():.3f}", "--format", "{{json .}}").stdout
    names = dict(line.split() for line in docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}").stdout.splitlines())
    found = []
    for event in objects(shown.splitlines()):
        attributes = event["Actor"]["Attributes"]
        name = attributes.get("name", "")
        if event["Type"] == "network":
            name = names.get(attributes.get("container"), "") if name == NETWORK else ""
        host = name.removeprefix(PREFIX)
        what = deed(event["Action"], attributes, host) if name.startswith(PREFIX) and host in HOSTS else None
        if what:
            found.append(Row(event["timeNano"] / 1e9, "act", what))
    return without_consequences(found)


def deed(action, attributes, host):
    if action == "kill":
        return SIGNALS.get(attributes.get("signal"), "{0} gets a signal").format(host)
    if action.startswith("exec_start: "):
        command = action.removeprefix("exec_start: ").strip()
        return f"{host}: {command}" if command.startswith(EXECUTED) else None
    return DEEDS[action].format(host) if action in DEEDS else None


def without_consequences(rows):
    """The engine also takes a host off the network when it ends, and puts it there at a start: nobody did that."""
    kept = []
    for row in rows:
        host = row.what.split()[0]
        near = [other.what for other in rows if other.what.startswith(f"{host} ") and abs(other.time - row.time) < 2]
        by_itself = ("cut from the network" in row.what and DEEDS["die"].format(host) in near or
                     "on the network again" in row.what and DEEDS["start"].format(host) in near)
        told = any(row.what == other.what and row.time < other.time + 1 for other in kept)  # some come twice
        if not by_itself and not told:
            kept.append(row)
    return kept


def last_act(until):
    """When the last thing was done in the hour before, or a little earlier: the engine tells of some when all is over."""
    done = [row.time for row in deeds(until - 3600, until) if "has ended" not in row.what]
    return done[-1] - 0.3 if done else None


def rows(since, until=None):
    until = until or time.time()
    there = states()
    found = [*deeds(since, until), *(of_client(since, until) if "client" in there else [])]
    for host in NODES:
        if host in there:
            found += [row for row in of_node(host, since - 1) if since <= row.time <= until]
    return sorted(found, key=lambda row: row.time)


# Mails from one end to the other.

def queue(host):
    """The numbers of queued mails are not known to Postfix; so how many there are. None when nobody can be asked."""
    done = docker("exec", container(host), "postqueue", "-j", check=False)
    return len(done.stdout.splitlines()) if done.returncode == 0 else None


def mails():
    """What the client was told is taken, and what came to the sink of it."""
    results = attempts()
    taken = {one["number"] for one in results if one["ok"]}
    arrived = Counter(int(line.split()[0]) for line in written("sink") if line[:1].isdigit())
    there = states()
    queued = {host: queue(host) if there.get(host) == "running" else None for host in MAIL_SERVERS}
    return Mails(len(taken), sum(1 for number in taken if arrived[number]), queued,
                 sorted(number for number in taken if not arrived[number]),
                 sorted(number for number, times in arrived.items() if times > 1))
