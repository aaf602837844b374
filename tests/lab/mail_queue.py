"""`./dev queue site [MAILS] [--write]`: the site of docs/mail-site.md with the queue of its mail servers in batond's hands.

    client --- 10.0.1.100, on one of two load balancers --- mail1, mail2 with Postfix and batond --- sink

HAProxy, Postfix and batond are real and run as the page says; batond itself runs the hooks. Under a steady stream of
numbered mails, with half of them waiting on mail1, that one is released, stopped, killed, or cut from the network. What
is shown: each number comes to the sink at least once, and exactly once after what was planned. --write puts the report
into the page. Nothing leaves the namespaces made here.
"""
import argparse
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

from tests.lab import timeline
from tests.lab.batond import BIN, VIP, Batond, seconds
from tests.lab.demo import on_terminate, since
from tests.lab.hooks import HOOKS
from tests.lab.mail_pair import ADDRESSES, ClientAndSink, Mta
from tests.lab.mail_site import PAGE, RUN_OF_HAPROXY, SiteHaproxy, configurations, folded, in_own_run, used, with_shown
from tests.lab.network import Network, run
from tests.lab.processes import LabError, eventually, program
from tests.lab.services import require_programs

QUEUE, QUEUE_VIP = "queue", "10.0.1.101"
MAIL = dict(zip(("mail1", "mail2"), ADDRESSES.values()))
PRIORITIES = {"mail1": 110, "mail2": 100}
INSTALLED = "/usr/lib/baton/hooks/queue-handover"
SETTLES = 180.0  # seconds, on a machine that does other things too

Outcome = namedtuple("Outcome", "mails waiting handed_over seconds passed_on doubled failed arrived_after rows")


def of_queue(page):
    """What mail1 and mail2 have, as values."""
    first = json.loads(used("queue.json", page))
    second = json.loads(used("queue.json", page).replace("mail1", "mail2"))
    second["instances"][QUEUE]["priority"] = PRIORITIES["mail2"]
    return {"mail1": first, "mail2": second}


def in_the_lab(config, mta):
    """The same, with what differs here: where the hook stands, and which Postfix it sees to."""
    for hooks in config["instances"][QUEUE]["hooks"].values():
        for hook in hooks:
            if hook["run"][0] != INSTALLED:
                raise LabError(f"{PAGE}: {hook['run'][0]} is not what this lab knows")
            hook["run"] = [str(HOOKS / "queue-handover"), *hook["run"][1:], *mta.where]
            hook["environment"] = mta.paths
    config["state_dir"] = str(mta.host.directory / "state")
    return config


class QueueSite(ClientAndSink):
    def __init__(self, network, page, settings=None, advert_interval=None):
        super().__init__(namedtuple("_", "host")(network.add_host))
        lbs = {name: network.add_host(name, f"{address}/24") for name, address in (("lb1", "10.0.1.2"), ("lb2", "10.0.1.3"))}
        hosts = {name: network.add_host(name, f"{address}/24") for name, address in MAIL.items()}
        peers = dict(zip(MAIL, reversed(MAIL.values())))
        self.mta = {name: Mta(host, MAIL[name], peers[name], settings) for name, host in hosts.items()}
        with ThreadPoolExecutor() as both:
            list(both.map(self._prepare, self.mta.values()))
        RUN_OF_HAPROXY.mkdir(exist_ok=True)  # in the lab's own /run
        self.haproxy = {name: SiteHaproxy(host, used("haproxy.cfg", page)).start() for name, host in lbs.items()}
        self.batond = {name: Batond(mta.host, in_the_lab(of_queue(page)[name], mta)) for name, mta in self.mta.items()}
        self.balancer = {name: Batond(host, configurations(page)[name]) for name, host in lbs.items()}

        for batond in self.batond.values() if advert_interval else ():
            batond.config["instances"][QUEUE]["advert_interval"] = advert_interval
            batond.write_config()

    @staticmethod
    def _prepare(mta):
        mta.write_config()
        mta.set_up()
        mta.start()

    def start(self):
        """mail1 has the queue, lb1 the address for clients; all hooks are through."""
        self.batond["mail1"].start()
        for name, batond in self.balancer.items():
            batond.launch(*in_own_run(self.haproxy[name].run))
            batond.wait_ready()
        self.batond["mail1"].wait_state("active", QUEUE)
        self.batond["mail2"].start()
        self.await_hook("mail1", "active")
        self.await_hook("mail2", "backup")
        self.balancer["lb1"].wait_state("active")
        return self

    def runs(self, name, after=0.0):
        """The hooks that have ended on a node since a moment, as batond's log tells of them."""
        return [one for one in self.noted(name, after) if one["event"] == "hook_ended"]

    def noted(self, name, after):
        """What batond on a node has written down since a moment, also in a run before its present one."""
        events = []
        for line in self.batond[name].log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                events.append(json.loads(line))
        return [one for one in events if "event" in one and seconds(one["time"]) > after]

    def await_hook(self, name, event, after=0.0, state="ok"):
        """Waits until a hook has ended well; answers what its log says."""
        def found():
            return [one for one in self.runs(name, after) if one["hook"] == event and one["state"] == state]
        return eventually(found, f"the hook for {event} on {name} ends as {state}; it has {self.runs(name, after)[-1:]}",
                          SETTLES, step=0.05)[-1]

    def holders(self):
        return [name for name, mta in self.mta.items() if mta.host.holds(QUEUE_VIP)]

    def await_holder(self, name):
        eventually(lambda: self.holders() == [name], f"{QUEUE_VIP} is on {name} alone", 60)

    def steady(self, mails, rate, timeout):
        """Begins to send through the load balancers."""
        return self.client.spawn("load", program("steady_mails", VIP, 0, mails, rate, timeout))

    def taken(self):
        """The numbers of mails that the site has taken, in that order; and the attempts that failed."""
        lines = (self.client.directory / "load.log").read_text().splitlines()
        return [int(line) for line in lines if line.isdecimal()], [line for line in lines if not line.isdecimal()]

    def passed_on(self):
        """How many mails went from one node to the other, as both Postfix say."""
        return sum(len(re.findall(r"postfix/handover-out/smtp\[\d+\]: \w+: to=.* status=sent", mta.said()))
                   for mta in self.mta.values())

    def power_off(self, name):
        """All at once for all others, and without a word: its batond, its Postfix, all."""
        host = self.mta[name].host
        host.partition()
        for pid in run(["ip", "netns", "pids", host.name]).stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.batond[name].wait()
        host.cut()
        host.ip(f"address flush dev eth0 to {QUEUE_VIP}")

    def power_on(self, name):
        host = self.mta[name].host
        host.heal()
        host.restore()
        eventually(lambda: "LOWER_UP" in host.ip("link show dev eth0").stdout, f"{name} has a carrier")
        self.mta[name].start()
        self.batond[name].start()


# Each act does it to mail1 and waits until all that follows from it is over.

def released(site, moment, load):
    answer = run([BIN / "batonctl", "--socket", site.batond["mail1"].socket, "release", QUEUE], timeout=SETTLES)
    if f"{QUEUE} is released" not in answer.stdout:
        raise LabError(answer.stdout)
    site.await_holder("mail2")
    site.await_hook("mail2", "active", moment)
    site.await_hook("mail1", "backup", moment)


def stopped(site, moment, load):
    site.batond["mail1"].terminate()
    if site.batond["mail1"].wait(SETTLES) != 0:
        raise LabError("batond did not stop cleanly")
    site.await_holder("mail2")
    site.await_hook("mail2", "active", moment)
    site.await_hook("mail1", "stop", moment)


def killed(site, moment, load):
    site.power_off("mail1")
    site.await_holder("mail2")
    site.await_hook("mail2", "active", moment)
    load.wait(SETTLES)
    site.power_on("mail1")
    site.await_hook("mail1", "backup", moment)


def unplugged(site, moment, load):
    site.mta["mail1"].host.cut()
    site.await_holder("mail2")
    site.await_hook("mail2", "active", moment)
    load.wait(SETTLES)
    site.mta["mail1"].host.restore()
    site.await_hook("mail1", "backup", moment)


def cut_off(site, moment, load):
    site.mta["mail1"].host.partition()
    eventually(lambda: site.holders() == ["mail1", "mail2"], f"both have {QUEUE_VIP}", 60)
    site.await_hook("mail2", "active", moment)
    load.wait(SETTLES)
    site.mta["mail1"].host.heal()
    site.await_holder("mail1")
    site.await_hook("mail2", "backup", moment)


Act = namedtuple("Act", "deed run planned settings")
# Nothing happens on mail1 when the network heals: Postfix tries again by itself, here sooner than its usual five minutes.
OFTEN = {name: "5s" for name in ("minimal_backoff_time", "maximal_backoff_time", "queue_run_delay")}
ACTS = {
    "released": Act("batonctl release queue, on mail1", released, True, None),
    "stopped": Act("batond on mail1 is told to stop (SIGTERM)", stopped, True, None),
    "killed": Act("mail1 loses its power; it is back when the last mail is sent", killed, False, None),
    "unplugged": Act("the cable of mail1 is pulled; it is back when the last mail is sent", unplugged, False, None),
    "cut off": Act("the switch drops all of mail1's frames, until the last mail is sent", cut_off, False, OFTEN),
}


def perform(name, network, page, mails, rate, advert_interval=None):
    """LabError if a number is missing, or came twice where it must not."""
    act = ACTS[name]
    site = QueueSite(network, page, act.settings, advert_interval).start()
    # A sender that gives a mail up before its answer comes sends it twice: so for planned acts it is patient.
    load = site.steady(mails, rate, 60 if act.planned else 10)
    eventually(lambda: len(site.mta["mail1"].waiting("deferred")) >= mails // 2, "half of the mails wait on mail1", SETTLES)
    site.start_sink()
    before = len(site.taken()[1])
    moment = time.time()
    waiting = len(site.mta["mail1"].waiting())
    act.run(site, moment, load)
    if load.wait(SETTLES) != 0:
        raise LabError(f"the client: {load.output()[-1000:]}")
    site.await_arrival(range(mails), SETTLES)
    arrived_after = time.time() - moment
    eventually(lambda: not any(mta.waiting() for mta in site.mta.values()), "the queues are empty", SETTLES)
    found = outcome(site, mails, waiting, before, moment, arrived_after)
    for batond in site.batond.values():
        if batond.running():
            batond.kill()  # its hook for stop would have nobody to hand over to
    return found


def outcome(site, mails, waiting, before, moment, arrived_after):
    arrived = site.arrived()
    if set(arrived) != set(range(mails)):
        raise LabError(f"mails nobody has sent: {sorted(set(arrived) - set(range(mails)))}")
    gave = [counts for name in MAIL for one in site.runs(name, moment) for counts in [counts_of(one)]
            if "handed_over" in counts]
    rows = [row for name in MAIL for row in told_by(site, name, moment)]
    in_time = sum(one["seconds"] for one in gave if one["handed_over"])
    return Outcome(mails, waiting, sum(one["handed_over"] for one in gave), in_time,
                   site.passed_on(), sum(arrived.values()) - mails, len(site.taken()[1]) - before, arrived_after,
                   [timeline.Row(moment, "act", "")] + sorted(rows, key=lambda row: row.time))


def counts_of(ended):
    """The JSON line among what a hook said."""
    lines = [line for line in ended["output"].splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else {}


def told_by(site, name, moment):
    """States, and how hooks ended."""
    for event in site.noted(name, moment):
        if event["event"] == "transition":
            yield timeline.Row(seconds(event["at"]), name, timeline.headline(event))
        elif event["event"] == "hook_ended":
            yield timeline.Row(seconds(event["time"]), name, ended_in_words(event))


def ended_in_words(event):
    counts = counts_of(event)
    keys = ("handed_over", "left", "held", "arrived")
    words = [f"{counts[key]} {key.replace('_', ' ')}" for key in keys if key in counts]
    if "now" in counts:
        words = [f"{counts['before']['total']} in the queue"]
    said = f": {', '.join(words)}" if words else f": {event['detail']}"
    return f"hook {event['hook']}: {event['state']} after {event['duration_ms'] / 1000:.1f} s{said}"


def told(name, found):
    """The report of one act."""
    moment = found.rows[0].time
    rows = [found.rows[0]._replace(what=ACTS[name].deed), *found.rows[1:]]
    lines = [folded(f"{since(moment, row):>12}  {row.who:<6}  {row.what}") for row in rows]
    return (f"{name}: {found.mails} mails; {found.waiting} wait on mail1 when it begins\n{''.join(lines)}"
            f"  handed over by the hooks: {found.handed_over} in {found.seconds:.1f} s; passed from node to node in all: "
            f"{found.passed_on}\n"
            f"  lost: 0; doubled: {found.doubled}; all at the sink after {found.arrived_after:.1f} s; the client tried again: "
            f"{found.failed} times\n")


def options(argv):
    parser = argparse.ArgumentParser(prog="./dev queue site", description="The queue of docs/mail-site.md.")
    parser.add_argument("mails", nargs="?", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=50, help="mails a second (default: 50)")
    parser.add_argument("--act", action="append", choices=ACTS, help="only this one; may be repeated")
    parser.add_argument("--write", action="store_true", help="put the report into docs/mail-site.md")
    return parser.parse_args(argv)


def main(argv=None):
    given = options(argv)
    signal.signal(signal.SIGTERM, on_terminate)
    shown = []
    try:
        require_programs("haproxy", "ip", "nsenter", "setpriv", BIN / "batond")
        page = PAGE.read_text()
        for name in given.act or ACTS:
            with Network() as network:
                found = perform(name, network, page, given.mails, given.rate)
            shown.append(told(name, found))
            print(shown[-1], flush=True)
            if found.doubled and ACTS[name].planned:
                raise LabError(f"{name}: {found.doubled} mails arrived twice")
    except KeyboardInterrupt:
        return 130
    except LabError as error:
        print(f"\n./dev queue site: FAILED: {error}")
        return 1
    if given.write:
        PAGE.write_text(with_shown(page, "queue", "\n".join(shown)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
