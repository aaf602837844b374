"""Queues that are handed over in every way: a backlog, and mails that come in while it is done. Used by
tests/hooks/test_queue_handover.py with some hundred mails, and at length by `./dev queue [MAILS [ROUNDS]]`.

What is shown: after release and stop, and after a hook that was killed, each mail arrives exactly once; after a Postfix
that was killed, at least once.
"""
import json
import os
import random
import signal
import sys
import time
from collections import namedtuple

from tests.lab.mail_pair import MailPair
from tests.lab.network import Network
from tests.lab.processes import LabError, eventually

LOAD_SECONDS = 15.0  # longer than a handover of a few hundred mails and both changes of state after it

Outcome = namedtuple("Outcome", "mails handed_over seconds doubled most_hops")


def outcome(pair, numbers, handed_over, seconds, *where):
    """LabError if a number is missing at the sink; it says nothing yet about doubled ones."""
    pair.await_arrival(numbers)
    eventually(lambda: not any(mta.waiting() for mta in where or (pair.mta1, pair.mta2)), "the queues are empty")
    arrived = pair.arrived()
    if set(arrived) != set(numbers):
        raise LabError(f"mails nobody has sent: {sorted(set(arrived) - set(numbers))}")
    return Outcome(len(numbers), handed_over, seconds, sum(count - 1 for count in arrived.values()),
                   max(int(line.split()[2]) for line in pair.lines()))


def backlog(pair, mails, sink=True):
    """mta2 is backup; so many mails wait on mta1, and then the sink is there."""
    pair.mta2.counts(event="backup")
    pair.send(pair.mta1, 0, mails)
    pair.await_deferred(pair.mta1, mails)
    if sink:
        pair.start_sink()


def planned(pair, event, mails, load):
    """`release`, then backup here and active there, as batond does it; or `stop`, and active there."""
    backlog(pair, mails)
    beside = pair.load(pair.mta1, mails, load, LOAD_SECONDS / load)
    counts = pair.mta1.counts(event=event)
    after = pair.mta1.begin(event="backup") if event == "release" else None  # it waits for the peer to be active
    pair.mta2.counts(event="active")
    if after:
        _, said = after.communicate(timeout=120)
        assert after.returncode == 0, said
    assert beside.wait(timeout=300) == 0
    return outcome(pair, range(mails + load), counts["handed_over"], counts["seconds"])


def forced(pair, mails, load):
    """mta1 loses to mta2, which is active first."""
    backlog(pair, mails)
    beside = pair.load(pair.mta1, mails, load, LOAD_SECONDS / load)
    pair.mta2.counts(event="active")
    counts = pair.mta1.counts(event="backup")
    assert beside.wait(timeout=300) == 0
    return outcome(pair, range(mails + load), counts["handed_over"], counts["seconds"])


def killed_hooks(pair, mails, chance, kills):
    """The hook gets SIGKILL again and again, at any moment, with all it has started; then it may end."""
    backlog(pair, mails)
    pair.mta2.counts(event="active")
    begun = time.monotonic()
    for _ in range(kills):
        running = pair.mta1.begin("--batch", "20", event="backup")
        try:
            running.wait(chance.uniform(0.05, 3))
        except Exception:  # it is still at work, as it should
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
    counts = pair.mta1.counts(event="backup")
    return outcome(pair, range(mails), mails, time.monotonic() - begun), counts


def killed_postfix(pair, victim, mails, load):
    """The Postfix that gives, or the one that takes, is killed in the middle, and started again."""
    backlog(pair, mails)
    pair.mta2.counts(event="active")
    begun = time.monotonic()
    beside = pair.load(pair.mta1, mails, load, LOAD_SECONDS / load)
    running = pair.mta1.begin("--batch", "20", event="backup")
    eventually(lambda: 0 < len(pair.mta1.waiting("deferred")) < mails * 2 // 3, "the handover is in full swing", 120)
    victim.kill()
    victim.start()
    running.communicate(timeout=300)
    pair.mta1.counts(event="backup")
    assert beside.wait(timeout=300) == 0
    return outcome(pair, range(mails + load), mails, time.monotonic() - begun)


# What the two nodes are told at once. In the first three all of a queue goes over; in the others it may not move.
TOGETHER = (("backup", "active"), ("release", "backup"), ("stop", "active"),
            ("backup", "backup"), ("release", "release"), ("fault", "stop"))


def flapping(pair, chance, mails, rounds):
    """Events at random, always two at a time, while nothing can be delivered; at last mta1 is active, and the sink there.
    A mail goes over once for an event at the most, so hosts passed are few however long it waits."""
    backlog(pair, mails, sink=False)
    begun, moved, deck = time.monotonic(), 0, []
    for _ in range(rounds):
        deck = deck or chance.sample(TOGETHER, len(TOGETHER))
        events = deck.pop()
        events = events if chance.random() < 0.5 else events[::-1]
        running = [mta.begin("--deadline", "6s", event=event) for mta, event in zip((pair.mta1, pair.mta2), events)]
        for one in running:
            out, _ = one.communicate(timeout=120)
            moved += json.loads(out).get("handed_over", 0) if out else 0
        # One that goes over while the two are asked may be seen by neither; the next time it is.
        eventually(lambda: len(pair.mta1.waiting()) + len(pair.mta2.waiting()) >= mails,
                   f"after {events} the two queues hold all of {mails} mails")
    pair.mta1.counts(event="active")
    pair.start_sink()
    pair.mta2.counts(event="backup")
    pair.mta1.counts(event="active")
    return outcome(pair, range(mails), moved, time.monotonic() - begun)


class _Lab:
    """What MailPair needs of a test's lab."""

    def __init__(self, network):
        self.host = network.add_host


def told(name, found):
    print(f"{name}: {found.mails} mails, {found.handed_over} handed over in {found.seconds:.1f} s, "
          f"{found.doubled} doubled, at most {found.most_hops} hosts passed", flush=True)


def main():
    mails, rounds = int((sys.argv[1:] or ["2000"])[0]), int((sys.argv[2:] or ["3"])[0])
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    print(f"seed {seed}", flush=True)
    for _ in range(rounds):
        for name, run in (
                ("release", lambda pair: planned(pair, "release", mails, mails // 4)),
                ("stop", lambda pair: planned(pair, "stop", mails, mails // 4)),
                ("forced", lambda pair: forced(pair, mails, mails // 4)),
                ("hook killed ten times", lambda pair: killed_hooks(pair, mails, chance, 10)[0]),
                ("flapping", lambda pair: flapping(pair, chance, mails, 20)),
                ("giver killed", lambda pair: killed_postfix(pair, pair.mta1, mails, mails // 4)),
                ("taker killed", lambda pair: killed_postfix(pair, pair.mta2, mails, mails // 4))):
            with Network() as network:
                found = run(MailPair(_Lab(network)))
                told(name, found)
                if found.doubled and "er killed" not in name:
                    raise LabError(f"{name}: {found.doubled} mails arrived twice")


if __name__ == "__main__":
    main()
