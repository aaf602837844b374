"""What takes long: adverts every 10 ms on a machine that is busy, and a hundred killed Active routers in a row.

`./dev soak [MINUTES]` runs both and prints the figures; tests/netns/test_soak.py runs a short form of each. Sends
nothing to anywhere outside the lab. Exit status 1 if baton did not do what docs/conformance.md says (C103, C161).
"""
import configparser
import statistics
import sys
import time
from dataclasses import dataclass, field

from tests.lab.batond import ROOT, Batond, configuration
from tests.lab.capture import Capture
from tests.lab.network import Network, run
from tests.lab.processes import eventually

BUSY_LOOPS = 8
SLACK = 0.5  # what a busy machine may add to the RFC's time
KILLS = 100


def as_the_unit_runs_it():
    """The program in front of batond that gives it the scheduling of daemon/baton.service (systemd.exec(5)); none
    where that is forbidden, as to a user who is root in namespaces of his own only (sched(7))."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(ROOT / "daemon" / "baton.service")
    service = unit["Service"]
    reset = ["--reset-on-fork"] if service.getboolean("CPUSchedulingResetOnFork") else []
    wrapper = ["chrt", f"--{service['CPUSchedulingPolicy']}", *reset, service["CPUSchedulingPriority"]]
    return wrapper if run([*wrapper, "true"], check=False).returncode == 0 else []


@dataclass
class Busy:
    """What came of a time under load."""
    adverts: int = 0
    pauses: list = field(default_factory=list)  # between one advert and the next, in seconds
    takeovers: list = field(default_factory=list)  # transitions that nobody had reason for
    stalls: int = 0

    def __str__(self):
        pauses = sorted(1000 * pause for pause in self.pauses)
        at = [pauses[min(len(pauses) - 1, int(share * len(pauses)))] for share in (0.5, 0.99, 0.999)]
        return (f"{self.adverts} adverts, from one to the next {at[0]:.2f} ms (median), {at[1]:.2f} ms (99 %), "
                f"{at[2]:.2f} ms (99.9 %), {pauses[-1]:.2f} ms at the most; {len(self.takeovers)} false takeovers, "
                f"{self.stalls} stalls")


def busy(active, backup, capture, seconds, wrapper=()):
    """`active` and `backup` under BUSY_LOOPS programs that never wait, for so long."""
    for daemon in (active, backup):
        daemon.launch(*wrapper)
        daemon.wait_ready()
    active.wait_state("active")
    eventually(lambda: backup.counters()["adverts_received"] >= 10, "the Backup hears the Active router")
    before = {daemon: daemon.transitions()[-1]["number"] for daemon in (active, backup)}
    loops = [active.host.spawn(f"busy-{number}", ["sh", "-c", "while :; do :; done"]) for number in range(BUSY_LOOPS)]
    began = time.time()
    time.sleep(seconds)  # this is what is measured
    ended = time.time()
    for loop in loops:
        loop.end()
    times = [advert.time for advert in capture.adverts() if began < advert.time < ended]
    return Busy(len(times), [later - sooner for sooner, later in zip(times, times[1:])],
                [one for daemon in before for one in daemon.transitions() if one["number"] > before[daemon]],
                sum(daemon.counters()["stalls"] for daemon in before))


def active_down_interval(daemon):
    """RFC 9568 section 6.1, in seconds; the interval is written in milliseconds."""
    instance = daemon.config["instances"]["VI_1"]
    interval = float(instance["advert_interval"].removesuffix("ms")) / 1000
    return 3 * interval + (256 - instance["priority"]) * interval / 256


def kill_again_and_again(nodes, capture, rounds):
    """Kills the Active of `nodes` (all running, with preempt off), and starts it again. Answers how long nobody
    advertised, beyond the successor's Active_Down_Interval, for each round; fails when two go on or nobody does."""
    source = {node: node.host.addresses()[0].split("/")[0] for node in nodes}
    longest = 2 * max(active_down_interval(node) for node in nodes)
    beyond = []
    for number in range(rounds):
        active = eventually(lambda: the_active_of(nodes), f"round {number}: one is Active, the others Backup")
        seen = len(capture.adverts(source[active]))
        eventually(lambda: len(capture.adverts(source[active])) > seen, f"round {number}: an advert for all to hear")
        active.kill()
        last = capture.adverts(source[active])[-1].time
        rest = [node for node in nodes if node is not active]
        successor = eventually(lambda: the_active_of(rest), f"round {number}: a successor")
        settled = last + longest + SLACK
        eventually(lambda: len(capture.adverts(after=settled)) >= 3, f"round {number}: adverts once it has settled")
        pause = capture.adverts(after=last)[0].time - last
        beyond.append(pause - active_down_interval(successor))
        assert beyond[-1] < SLACK, f"round {number}: nobody advertised for {pause:.3f} s"
        going_on = {advert.source for advert in capture.adverts(after=settled)}
        assert going_on == {source[successor]}, f"round {number}: Active are {going_on}"
        active.start()
    return beyond


def the_active_of(nodes):
    states = [node.state() for node in nodes]
    return nodes[states.index("active")] if sorted(states) == ["active"] + ["backup"] * (len(nodes) - 1) else None


def three_nodes(make):
    """Priorities far apart, so that who succeeds is no matter of chance. `make(name, address, **settings)`."""
    return [make(f"lb{number}", f"10.0.1.{1 + number}/24", priority=priority, preempt=False, advert_interval="100ms")
            for number, priority in ((1, 254), (2, 128), (3, 1))]


def make_in(network):
    def make(name, address, **settings):
        return Batond(network.add_host(name, address), configuration(name, **settings))
    return make


def soak_busy(minutes):
    wrapper = as_the_unit_runs_it()
    with Network() as network:
        make = make_in(network)
        pair = [make("lb1", "10.0.1.2/24", priority=200, advert_interval="10ms"),
                make("lb2", "10.0.1.3/24", priority=100, advert_interval="10ms")]
        how = " ".join(wrapper) or "no scheduling of its own"
        print(f"adverts every 10 ms beside {BUSY_LOOPS} busy loops, {minutes:g} minutes, batond with {how}", flush=True)
        found = busy(*pair, Capture(network), 60 * minutes, wrapper)
    print(f"  {found}", flush=True)
    for one in found.takeovers:
        print(f"  {one['at']} {one['from']} -> {one['to']}: {one['reason']}")
    return not found.takeovers


def soak_kills():
    with Network() as network:
        nodes = three_nodes(make_in(network))
        for node in nodes:
            node.start()
        print(f"the Active of three killed {KILLS} times, adverts every 100 ms", flush=True)
        beyond = [1000 * one for one in kill_again_and_again(nodes, Capture(network), KILLS)]
    print(f"  one Active each time; beyond the Active_Down_Interval nobody advertised for "
          f"{statistics.median(beyond):.2f} ms (median), {max(beyond):.2f} ms at the most")
    return True


def main():
    try:
        minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    except ValueError:
        sys.exit(f'./dev soak: "{sys.argv[1]}" is no number of minutes')
    good = [soak_busy(minutes), soak_kills()]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
