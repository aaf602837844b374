"""`./dev mail-site`: the site of docs/mail-site.md, and a drill on it: what baton says when parts of the site die.

The page's two files are taken from it and used as they are; with --write its outputs become those of this run.
HAProxy and Postfix are real. Nothing leaves the namespaces made here, and nothing stays. Exit status 0: the address was
where the page says it is each time.
"""
import argparse
import contextlib
import json
import os
import re
import signal
import sys
import textwrap
import time
from pathlib import Path

from tests.lab import timeline
from tests.lab.batond import BIN, ROOT, VIP, Batond
from tests.lab.demo import milliseconds, on_terminate, since
from tests.lab.mail_front import MailFront
from tests.lab.network import Network, run
from tests.lab.postfix import Postfix
from tests.lab.processes import LabError, eventually
from tests.lab.services import listens, require_programs

PAGE = ROOT / "docs" / "mail-site.md"
PRIORITY_OF_LB2 = 100
RUN_OF_HAPROXY = Path("/run/haproxy")
# Each load balancer has a /run/haproxy of its own, as each host has.
WITH_OWN_RUN = 'mount --bind "$0" /run/haproxy && exec "$@"'
WIDTH = 118


def used(name, page):
    """The block of the page that stands behind <!-- used: NAME -->."""
    found = re.search(rf"<!-- used: {re.escape(name)} -->\n```\w*\n(.*?)```", page, re.DOTALL)
    if not found:
        raise LabError(f"{PAGE} has no block {name}")
    return found[1]


def with_shown(page, name, text):
    """The page with another block behind <!-- shown: NAME -->."""
    mark = f"<!-- shown: {name} -->\n"
    before, found, after = page.partition(mark)
    if not found:
        raise LabError(f"{PAGE} has no place for {name}")
    after = re.sub(r"\A```text\n.*?```\n", "", after, flags=re.DOTALL)
    return f"{before}{mark}```text\n{text}```\n{after}"


def configurations(page):
    """What lb1 and lb2 have, as texts."""
    first = used("baton.json", page)
    second = json.loads(first)
    second["node"] = "lb2"
    second["instances"]["VI_1"]["priority"] = PRIORITY_OF_LB2
    return {"lb1": first, "lb2": json.dumps(second, indent=2)}


def in_own_run(directory):
    return ["unshare", "--mount", "--", "sh", "-c", WITH_OWN_RUN, directory]


class SiteHaproxy:
    """HAProxy with the page's configuration."""

    def __init__(self, host, text):
        self.host = host
        self.run = host.directory / "run-haproxy"
        self.run.mkdir()
        self._config = host.directory / "haproxy.cfg"
        self._config.write_text(text)
        self._process = None

    def start(self):
        self._process = self.host.spawn("haproxy", [*in_own_run(self.run), "haproxy", "-W", "-f", self._config])
        eventually(lambda: self._process.require_running() or listens(self.host),
                   f"HAProxy on {self.host.name} listens on port 25")
        return self

    def stop(self):
        self._process.signal(signal.SIGTERM)
        return self._process.wait()


class MailSite(MailFront):
    def start_services(self, haproxy):
        RUN_OF_HAPROXY.mkdir(exist_ok=True)  # in the lab's own /run
        self.postfix = [Postfix(host).start() for host in self.mail]
        self.haproxy = {name: SiteHaproxy(host, haproxy).start() for name, host in self.lb.items()}

    def start_batond(self, configurations):
        for name, host in self.lb.items():
            self.batond[name] = Batond(host, configurations[name])
            self.batond[name].launch(*in_own_run(self.haproxy[name].run))
            self.batond[name].wait_ready()

    def await_checks(self, **states):
        """Waits until both nodes find so: await_checks(mail1="down")."""
        def found():
            return all(one["last"] and one["state"] == states.get(one["name"], one["state"])
                       for batond in self.batond.values() for one in batond.status()["checks"])
        eventually(found, f"both nodes find {states}", 30)

    def await_servers(self, count):
        """Waits until HAProxy on both nodes has so many servers, as batond tells it."""
        def found():
            return all(f"{count} of 2 servers up" in one["last"]["detail"] for batond in self.batond.values()
                       for one in batond.status()["checks"] if one["name"] == "haproxy")
        eventually(found, f"HAProxy has {count} servers", 30)

    def moves(self):
        """How many transitions both nodes have made."""
        return sum(len(batond.transitions()) for batond in self.batond.values())

    def power_off(self, name):
        """All at once for all others: before it can notice anything itself."""
        self.lb[name].partition()
        for pid in run(["ip", "netns", "pids", name]).stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.batond[name].wait()
        self.lb[name].cut()


class Drill:
    """Each act breaks something, waits until all has settled where it must, and gives what was to be seen."""

    def __init__(self, site):
        self.site = site
        self._moment = 0.0
        self._deed = ""

    def well(self):
        self.site.await_home("lb1")
        self.site.await_checks(haproxy="up", mail1="up", mail2="up")
        return self._told_by(("lb1", "status"), ("lb2", "status"))

    def mail1(self):
        had = self._begin("Postfix on mail1 is killed")
        self.site.postfix[0].kill()
        self.site.await_checks(mail1="down")
        self.site.await_servers(1)
        self.site.smtp.wait_good(after=time.time())
        self._require_unmoved(had)
        return self._happened() + self._told_by(("lb1", "status"), ("lb1", "why", "VI_1"))

    def both(self):
        had = self._begin("Postfix on mail2 is killed")
        self.site.postfix[1].kill()
        self.site.await_checks(mail1="down", mail2="down")
        self.site.await_servers(0)
        self._require_unmoved(had)
        shown = self._happened(client=False) + self._told_by(("lb1", "status"), ("lb2", "status"))
        for postfix in self.site.postfix:
            postfix.start()
        self.site.await_checks(haproxy="up", mail1="up", mail2="up")
        self.site.await_home("lb1")
        return shown

    def haproxy(self):
        self._begin("HAProxy on lb1 is stopped")
        self.site.haproxy["lb1"].stop()
        self.site.await_home("lb2")
        shown = self._happened() + self._told_by(("lb2", "why", "VI_1"), ("lb1", "why", "VI_1"))
        self.site.haproxy["lb1"].start()
        self.site.await_checks(haproxy="up", mail1="up", mail2="up")
        self.site.await_home("lb1")
        return shown

    def host(self):
        self._begin("lb1 loses its power")
        self.site.power_off("lb1")
        self.site.await_home("lb2")
        return self._happened() + self._told_by(("lb2", "why", "VI_1"))

    def _begin(self, deed):
        self._moment, self._deed = time.time(), deed
        return self.site.moves()

    def _require_unmoved(self, had):
        if self.site.holders() != ["lb1"] or self.site.moves() != had:
            raise LabError(f"{VIP} must stay on lb1; it is on {' and '.join(self.site.holders()) or 'no node'}, and "
                           f"{self.site.moves() - had} transitions were made")

    def _happened(self, client=True):
        """What all of them wrote down since the act began."""
        outage = self.site.smtp.outage(self._moment, time.time()) if client else None
        rows = [timeline.Row(self._moment, "act", self._deed)]
        for name, batond in self.site.batond.items():
            rows += timeline.of_node(name, batond, self._moment)
        if client:
            rows += timeline.of_client(self.site, self._moment, outage) if self.site.arp.moves(self._moment) else []
        lines = [folded(f"{since(self._moment, row):>12}  {row.who:<6}  {row.what}")
                 for row in sorted(rows, key=lambda row: row.time)]
        if client:
            wait = milliseconds(1000 * (outage.first_good - outage.last_good))
            lines.append(f"\nThe client: failed attempts to send a mail: {outage.failed}; longest wait from one that "
                         f"went well to the next: {wait}\n")
        return "".join(lines) + "\n"

    def _told_by(self, *commands):
        return "\n".join(f"{node}# batonctl {' '.join(words)}\n{self.site.batond[node].ctl(*words).stdout}"
                         for node, *words in commands)


def folded(line):
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * 22) + "\n"


ACTS = ("well", "mail1", "both", "haproxy", "host")


def perform(network, page):
    """{act: what was to be seen}"""
    site = MailSite(network)
    site.start_services(used("haproxy.cfg", page))
    site.start_batond(configurations(page))
    site.start_client()
    drill = Drill(site)
    shown = {}
    for act in ACTS:
        shown[act] = getattr(drill, act)()
        print(f"\n== {act}\n\n{shown[act]}", flush=True)
    return shown


def options(argv):
    parser = argparse.ArgumentParser(prog="./dev mail-site", description="The drill of docs/mail-site.md.")
    parser.add_argument("--write", action="store_true", help="put what was seen into docs/mail-site.md")
    return parser.parse_args(argv)


def main(argv=None):
    write = options(argv).write
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        require_programs("haproxy", "ip", "nsenter", "setpriv", BIN / "batond")
        with Network() as network:
            page = PAGE.read_text()
            shown = perform(network, page)
    except KeyboardInterrupt:
        return 130
    except LabError as error:
        print(f"\n./dev mail-site: FAILED: {error}")
        return 1
    if write:
        for act, text in shown.items():
            page = with_shown(page, act, text)
        PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
