"""Do many checks delay adverts? 100 instances with adverts every 100 ms, alone and beside 500 checks every second.

`./dev load [SECONDS]` has a pair of nodes run so, each way for so long, and prints side by side how far apart the
adverts came: as a receiver on the same switch heard them, by the kernel's time stamps. The checks are SMTP, HTTP,
HTTPS, TCP and of HAProxy's socket, and one in twenty is of a server that never answers; the servers run on the same
machine. Sends nothing to anywhere outside the lab. Exit status 1 if an address moved or a check was not what it must
be. tests/netns/test_load.py runs a short form.
"""
import os
import signal
import sys
import time
from collections import namedtuple
from pathlib import Path

from tests.lab.batond import Batond, configuration
from tests.lab.capture import Capture
from tests.lab.certificates import Authority
from tests.lab.network import Network
from tests.lab.postfix import SmtpSink, can_run
from tests.lab.processes import LabError, eventually, program
from tests.lab.services import Haproxy, MailSink, listens
from tests.lab.soak import as_the_unit_runs_it

INSTANCES, CHECKS = 100, 500
SERVER, SERVER_NAME = "10.0.1.10", "web.example.org"
SILENT_PORT = 99
SILENT_SHARE = 20  # one check in so many
EDGES = (95, 99, 101, 102, 105, 110, 120, 150, 200, 300)  # of the histogram, in milliseconds

WEB = """\
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind *:80
    bind *:443 ssl crt {identity}
    http-request return status 200 content-type text/plain string ready
"""

# Milliseconds from advert to advert, sorted; transitions; stalls and late takeovers; the part of a CPU that the Active
# batond took; milliseconds of the last run of each good check, sorted; checks that are not what they must be.
Found = namedtuple("Found", "gaps moves late cpu took wrong")


class Servers:
    """One host with all that is asked, but for HAProxy's socket, which is on the nodes."""

    def __init__(self, network):
        host = network.add_host("server", f"{SERVER}/24")
        authority = Authority(host.directory)
        self.ca_file = str(authority.certificate)
        identity = authority.issue(SERVER_NAME)
        both = host.directory / "both.pem"
        both.write_text(identity.certificate.read_text() + identity.key.read_text())
        config = host.directory / "web.cfg"
        config.write_text(WEB.format(identity=both))
        host.spawn("web", ["haproxy", "-db", "-f", config])
        (SmtpSink if can_run() else MailSink)(host)
        silent = host.spawn("silent", program("misbehave", f"{SILENT_PORT}:smtp:silence:0"))
        for port in (80, 443, SILENT_PORT):
            eventually(lambda: listens(host, port), f"the server listens on port {port}")
        silent.signal(signal.SIGUSR1)  # from now on


def check(number, servers, haproxy):
    """The check of that number: one in SILENT_SHARE is of the silent server, the others are of all kinds in turn."""
    rhythm = {"interval": "1s", "timeout": "900ms", "fall": 2}
    if number % SILENT_SHARE == 0:
        return {"type": "smtp", "address": SERVER, "port": SILENT_PORT, **rhythm}
    return {**({"type": "smtp", "address": SERVER, "mail_from": "", "rcpt_to": "postmaster@example.org"},
               {"type": "http", "address": SERVER, "body": "ready"},
               {"type": "http", "address": SERVER, "tls": True, "ca_file": servers.ca_file, "server_name": SERVER_NAME},
               {"type": "tcp", "address": SERVER, "port": 25, "expect": "220"},
               {"type": "haproxy", "socket": str(haproxy.socket), "backend": "mail_backend"})[number % 5], **rhythm}


def config_of(node, priority, instances, checks):
    whole = {"node": node, "checks": checks, "instances": {}}
    names = list(checks)
    for number in range(instances):
        track = [{"check": name, "weight": -1} for name in names[number::instances]]
        one = configuration(node, vrid=number + 1, address=f"10.0.1.{101 + number}/24", name=f"VI_{number + 1}",
                            priority=priority, advert_interval="100ms", track=track)
        whole["instances"].update(one["instances"])
    return whole


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wrong_checks(daemon):
    """Those of the silent server must be down, all others up."""
    return [(one["name"], one["state"], one["last"]) for one in daemon.status()["checks"]
            if one["state"] != ("up" if int(one["name"]) % SILENT_SHARE else "down")]


def gaps_of(adverts):
    """Milliseconds from each advert of a virtual router to its next."""
    last, gaps = {}, []
    for advert in adverts:
        if advert.vrid in last:
            gaps.append(1000 * (advert.time - last[advert.vrid]))
        last[advert.vrid] = advert.time
    return sorted(gaps)


def start_pair(network, instances, count):
    """lb1, Active, and lb2, Backup, with so many checks on each; all have run."""
    servers, nodes = Servers(network), []
    for name, address, priority in (("lb1", "10.0.1.2/24", 200), ("lb2", "10.0.1.3/24", 100)):
        haproxy = Haproxy(network.add_host(name, address)).start()
        checks = {str(number): check(number, servers, haproxy) for number in range(count)}
        node = Batond(haproxy.host, config_of(name, priority, instances, checks))
        node.launch(*as_the_unit_runs_it())
        nodes.append(node.wait_ready())
    for node, state in zip(nodes, ("active", "backup")):
        eventually(lambda: {one["state"] for one in node.status()["instances"]} == {state},
                   f"all instances on {node.host.name} are {state}", 60)
        eventually(lambda: not wrong_checks(node), f"the checks of {node.host.name} are what they must be", 60)
    return nodes


def measure(network, seconds, instances, count):
    """The pair with so many checks on each node, for so long."""
    nodes = active, _ = start_pair(network, instances, count)
    capture = Capture(network)
    before, used = [len(node.events("transition")) for node in nodes], cpu_seconds(active.pid)
    time.sleep(seconds)  # this is what is measured
    used = cpu_seconds(active.pid) - used
    capture.stop()
    counters = [one["counters"] for node in nodes for one in node.status()["instances"]]
    return Found(gaps_of(capture.adverts("10.0.1.2")),
                 sum(len(node.events("transition")) - had for node, had in zip(nodes, before)),
                 sum(one["stalls"] + one["late_takeovers"] for one in counters), used / seconds,
                 sorted(one["last"]["duration_ms"] for one in active.status()["checks"] if one["state"] == "up"),
                 [one for node in nodes for one in wrong_checks(node)])


def share(gaps, part):
    return gaps[min(len(gaps) - 1, int(part * len(gaps)))]


def histogram(gaps):
    """How many lie below each of EDGES and not below the one before, and in the end, how many above all."""
    bounds = (*EDGES, float("inf"))
    return [sum(low <= gap < high for gap in gaps) for low, high in zip((0, *bounds), bounds)]


def tell(alone, beside):
    labels = [f"below {EDGES[0]} ms", *(f"{low} to {high} ms" for low, high in zip(EDGES, EDGES[1:])),
              f"{EDGES[-1]} ms and more"]
    print(f"\n  {'from advert to advert':<24}{'without checks':>20}{f'beside {CHECKS} checks':>24}")
    for label, *counts in zip(labels, histogram(alone.gaps), histogram(beside.gaps)):
        shares = [f"{count:>8} {100 * count / len(found.gaps):8.3f} %" for count, found in zip(counts, (alone, beside))]
        print(f"  {label:<24}{shares[0]:>20}{shares[1]:>24}")
    for label, part in (("median", 0.5), ("99 %", 0.99), ("99.9 %", 0.999), ("longest", 1)):
        print(f"  {label:<24}{share(alone.gaps, part):>17.2f} ms{share(beside.gaps, part):>21.2f} ms")
    for label, name in (("needless transitions", "moves"), ("stalls, late takeovers", "late")):
        print(f"  {label:<24}{getattr(alone, name):>20}{getattr(beside, name):>24}")
    print(f"  {'CPU of batond on lb1':<24}{100 * alone.cpu:>18.1f} %{100 * beside.cpu:>22.1f} %")
    for one in beside.wrong:
        print(f"  not what it must be: check {one[0]} is {one[1]}: {one[2]}")
    print(f"\n  a good check took {share(beside.took, 0.5):.1f} ms (median), {beside.took[-1]:.1f} ms at the most")


def seconds_from(words):
    try:
        seconds = float(words[0]) if words else 30
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 3600:
        sys.exit(f'./dev load: "{words[0]}" is no number of seconds from 1 to 3600')
    return seconds


def main():
    seconds = seconds_from(sys.argv[1:])
    print(f"{INSTANCES} instances, an advert of each every 100 ms: {seconds:g} s without checks, then {seconds:g} s "
          f"with {CHECKS}\nchecks every second on each of two nodes", flush=True)
    found = []
    try:
        for count in (0, CHECKS):
            with Network() as network:
                found.append(measure(network, seconds, INSTANCES, count))
    except LabError as error:
        sys.exit(f"./dev load: {error}")
    tell(*found)
    sys.exit(1 if any(one.moves or one.wrong for one in found) else 0)


if __name__ == "__main__":
    main()
