"""A group of two: batond and another program that speaks VRRP, one of them with the higher priority. Or two of the
other program, which batond then replaces one after the other.

    alpha 10.0.1.2 priority 101 -----+
    beta  10.0.1.3 priority 100 -----+ br0     client 10.0.1.50, which believes gratuitous ARPs and asks nobody

With IPv6 they have fe80::2 and 2001:db8::2, and so on.
"""
import math
import time

from tests.interop import timeline
from tests.lab.batond import Batond, configuration
from tests.lab.capture import Capture
from tests.lab.network import Network
from tests.lab.probes import ArpWatch
from tests.lab.processes import eventually
from tests.netns.timing import SLACK, active_down_interval, skew

WAIT = 30.0  # for whatever must come
NUMBERS = 2, 3  # of alpha and beta, the last of their addresses


class Baton(Batond):
    """The same questions as to the peers (tests/lab/peers.py)."""

    announces_again = True
    loses_first_advert = False

    def __init__(self, host, source, config):
        super().__init__(host, config)
        self.source = source

    def holds(self, address):
        return self.host.holds(address)

    def mac(self):
        return self.host.mac()

    def faults_found(self):
        return {name: count for name, count in self.counters().items()
                if count and (name.startswith("rejected_") or name.endswith(("_mismatch", "_errors")))}


class Member:
    """One of the two: its daemon, and what it is to the group."""

    def __init__(self, daemon, number, priority, addresses):
        self.daemon = daemon
        self.host = daemon.host
        self.number = number
        self.address = daemon.source
        self.priority = priority
        self.connected = True
        self._addresses = addresses  # the virtual ones
        self._earlier = []  # (until when, name)

    @property
    def name(self):
        return f"{self.host.name} ({self.daemon.label})"

    def name_at(self, moment):
        return next((name for until, name in self._earlier if moment < until), self.name)

    def replace(self, daemon):
        """Starts another daemon where one has been stopped."""
        self._earlier.append((time.time(), self.name))
        self.daemon = daemon
        self.start()

    def start(self):
        self.daemon.start()

    def stop(self):
        self.daemon.stop()

    def cut(self):
        self.host.cut()
        self.connected = False

    def restore(self):
        self.connected = True
        self.host.restore()

    def partition(self):
        self.host.partition()
        self.connected = False

    def heal(self):
        self.connected = True
        self.host.heal()

    def die(self):
        """As a host without power: silent at once, and its addresses are gone from the link."""
        self.partition()
        self.daemon.kill()
        for address in self._addresses:
            self.host.ip(f"address delete {address} dev eth0", check=False)

    def revive(self):
        self.heal()
        self.daemon.start()


class Group:
    """`dialect` says what the two speak; `baton_priority` which of the two batond is: 101 the higher, 100 the lower,
    None neither."""

    def __init__(self, dialect, baton_priority, preempt=True, **baton_settings):
        self.dialect = dialect
        self.interval = dialect.interval
        self._preempt = preempt
        self._baton_settings = {"addresses": dialect.addresses, **dialect.baton, **baton_settings}
        self.allowed_contest = SLACK  # a preempted router's advert that was under way already
        self.network = Network()
        try:
            self._build(baton_priority)
        except BaseException:
            self.network.close()
            raise

    def _build(self, baton_priority):
        client = self._host("client", 50)
        client.sysctl("ipv4/conf/eth0/arp_accept", 1)  # also from those it did not ask
        if self.dialect.ipv6:  # where it must have asked before; this answer is wrong by now
            client.ip(f"neighbour add {self.dialect.address} lladdr 02:00:00:00:00:01 dev eth0 nud stale")
        self.higher, self.lower = (
            self._member(name, number, priority, priority == baton_priority)
            for name, number, priority in zip(("alpha", "beta"), NUMBERS, (101, 100)))
        self.members = self.higher, self.lower
        self.capture = Capture(self.network, unicast=self.dialect.unicast)
        self.client = ArpWatch(client, self.dialect.address)

    def _member(self, name, number, priority, is_baton):
        daemon = (self._baton if is_baton else self._peer)(self._host(name, number), number, priority)
        return Member(daemon, number, priority, self.dialect.addresses)

    def _host(self, name, number):
        host = self.network.add_host(name, f"10.0.1.{number}/24")
        if self.dialect.ipv6:
            host.enable_ipv6(f"fe80::{number}/64", f"2001:db8::{number}/64")
        return host

    def _peer(self, host, number, priority):
        settings = dict(self.dialect.peer_settings)
        if self.dialect.unicast:
            settings["unicast_peers"] = self._others(number)
        return self.dialect.peer(host, self.dialect.own(number), priority, self.interval, preempt=self._preempt,
                                 addresses=self.dialect.addresses, **settings)

    def _baton(self, host, number, priority):
        settings = dict(self._baton_settings)
        if self.dialect.unicast:
            settings["unicast"] = {"peers": self._others(number)}
        return Baton(host, self.dialect.own(number), configuration(
            host.name, priority=priority, preempt=self._preempt,
            advert_interval=f"{round(self.interval * 1000)}ms", **settings))

    def _others(self, number):
        return [self.dialect.own(other) for other in NUMBERS if other != number]

    def replace_with_baton(self, member):
        member.replace(self._baton(member.host, member.number, member.priority))

    def other(self, member):
        return self.lower if member is self.higher else self.higher

    def holders(self):
        """Those that have any of the addresses."""
        return [member.name for member in self.members if any(map(member.daemon.holds, self.dialect.bare_addresses))]

    def adverts_of(self, member):
        return [advert for advert in self.capture.adverts(member.address) if advert.priority]

    def await_active(self, member):
        eventually(lambda: (member.daemon.state() == "active" and self.holders() == [member.name]
                            and all(map(member.daemon.holds, self.dialect.bare_addresses))),
                   f"{member.name} alone is active", WAIT)

    def settled(self, active, announced=True):
        """Waits until this member alone is active and the client was told, then watches that it stays so while
        adverts go out: longer than any contest may last."""
        self.await_active(active)
        if announced:
            eventually(lambda: self.client.mac() == active.daemon.mac(),
                       f"the client finds {self.dialect.address} at {active.name}", WAIT)
        enough = len(self.adverts_of(active)) + 1 + math.ceil(SLACK / self.interval)
        eventually(lambda: len(self.adverts_of(active)) >= enough, f"{active.name} sends adverts", WAIT)
        other = self.other(active)
        assert self.holders() == [active.name]
        assert active.daemon.state() == "active"
        if other.daemon.running() and other.connected:
            assert other.daemon.state() == "backup"

    def both_started(self):
        """The higher one active, the lower one its backup."""
        self.higher.start()
        self.await_active(self.higher)
        self.lower.start()
        self.settled(self.higher)

    def spans(self):
        return timeline.spans(self.capture.adverts(), self.interval)

    def contests(self):
        return timeline.contests(self.capture.adverts(), self.interval)

    def take_over_in_time(self, old, new, resigned):
        """Waits until `new` has followed `old`, and answers in words how long that took, against the time that the
        protocol gives."""
        since = self.adverts_of(old)[-1].time
        self.settled(new)
        found = timeline.takeover(self.spans(), since)
        due = skew(new.priority, self.interval) if resigned else active_down_interval(new.priority, self.interval)
        assert (found.old.source, found.new.source) == (old.address, new.address)
        assert (found.old.resigned is not None) == resigned
        # The others count in hundredths of a second, and round them down.
        latest = due + (self.interval if new.daemon.loses_first_advert else 0.0) + SLACK
        assert due - 0.030 <= found.seconds <= latest
        return (f"{new.name} follows {old.name}, which {'resigned' if resigned else 'fell silent'}, after "
                f"{1000 * found.seconds:.1f} ms ({1000 * (found.seconds - due):+.1f} against the RFC's time)")

    def faults_found(self):
        """What the two found wrong with each other's adverts, as they count it themselves."""
        found = {member.name: member.daemon.faults_found() for member in self.members if member.daemon.running()}
        return {name: faults for name, faults in found.items() if faults}

    def told(self):
        """The run in words, with the contests: for the report."""
        at = {member.address: member for member in self.members}
        yield from timeline.told(self.spans(), lambda span: at[span.source].name_at(span.first))
        for contest in self.contests():
            yield f"both sent adverts for {1000 * contest.seconds:.1f} ms"

    def assert_never_two(self):
        long = [contest.seconds for contest in self.contests() if contest.seconds > self.allowed_contest]
        assert long == [], f"both sent adverts for {long[0]:.3f} s; {self.allowed_contest:.3f} s may be"

    def close(self):
        for member in self.members:
            if member.daemon.running():
                member.daemon.kill()
        self.network.close()
