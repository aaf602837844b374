"""What a client sees of the virtual address: mails, echo requests, and its own neighbour table."""
import json
import re
from collections import namedtuple
from datetime import datetime, timezone

from tests.lab.network import run
from tests.lab.processes import LabError, eventually, program

Outage = namedtuple("Outage", "last_good first_good failed")
Moved = namedtuple("Moved", "time mac")


class SmtpProbe:
    """One mail after another to an address, over a new connection each."""

    def __init__(self, client, address):
        self._process = client.spawn("smtp-probe", program("smtp_probe", address))
        self._results = []
        self._read_to = 0

    def results(self):
        """All so far, in order: {"start", "end", "ok", "why"}."""
        self._process.require_running()
        with self._process.log.open("rb") as log:
            log.seek(self._read_to)
            whole, newline, _ = log.read().rpartition(b"\n")
        self._read_to += len(whole + newline)
        self._results += [json.loads(line) for line in whole.splitlines()]
        return self._results

    def wait_good(self, after, timeout=15.0):
        """Waits for a mail that was begun after a moment and went well."""
        def good():
            return next((one for one in reversed(self.results()) if one["ok"] and one["start"] > after), None)
        try:
            return eventually(good, "", timeout, step=0.02)
        except LabError:
            raise LabError(f"the client had no answer for {timeout:g} s; its log: {self._process.log}") from None

    def outage(self, since, until):
        """The widest gap between two good answers that lies, with one end at least, in this span of time."""
        results = [one for one in self.results() if one["start"] >= since - 2]
        good = [one["end"] for one in results if one["ok"]]
        gaps = [(later - sooner, sooner, later) for sooner, later in zip(good, good[1:])
                if later > since and sooner < until]
        if not gaps:
            raise LabError(f"the client had no answers to compare; its log: {self._process.log}")
        _, last_good, first_good = max(gaps)
        failed = sum(1 for one in results if not one["ok"] and since <= one["end"] <= until)
        return Outage(last_good, first_good, failed)


class PingProbe:
    """An echo request every millisecond, until stopped."""

    def __init__(self, client, address):
        self._process = client.spawn("ping-probe", program("ping_probe", address))
        eventually(lambda: self._process.require_running() or "ready" in self._process.output(),
                   f"{address} answers the ping probe")

    def stop(self):
        """{"sent", "lost", "widest_pause_ms", "outages": [{"from", "to", "lost"}]}"""
        self._process.end()
        return json.loads(self._process.output().splitlines()[-1])


class ArpWatch:
    """The client's neighbour entry for an address, and each change of it with its time (ip-monitor(8))."""

    LINE = re.compile(r"\[(?P<time>[^]]+)\] (?P<address>\S+) dev \S+ lladdr (?P<mac>\S+)")

    def __init__(self, client, address):
        self._client = client
        self._address = address
        self._process = client.spawn("arp-watch", ["ip", "-tshort", "monitor", "neigh"], env={"TZ": "UTC"})

    def mac(self):
        """What the entry holds now, or None."""
        entries = json.loads(run(["ip", "-j", "-n", self._client.name, "neigh", "show", self._address]).stdout)
        return entries[0].get("lladdr") if entries else None

    def moves(self, after=0.0):
        """When the entry got another hardware address."""
        found = []
        for line in self._process.output().splitlines():
            match = self.LINE.match(line)
            if not match or match["address"] != self._address:
                continue
            time = datetime.fromisoformat(match["time"]).replace(tzinfo=timezone.utc).timestamp()
            if not found or found[-1].mac != match["mac"]:
                found.append(Moved(time, match["mac"]))
        return [move for move in found if move.time > after]
