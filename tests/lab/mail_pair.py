"""Two mail servers with real Postfix that hand each other their queues, a client that fills them, and a final sink.

    mta1 10.0.1.10  --+
    mta2 10.0.1.11  --+-- one switch --+-- sink 10.0.1.60 (port 25: where both deliver to)
    client 10.0.1.50                 --+

While the sink is not there, mails wait where they are.
"""
import json
import os
import time
from collections import Counter

from tests.lab.hooks import begin, hook
from tests.lab.postfix import LIBRARIES, PEERS, Postfix
from tests.lab.processes import eventually, program
from tests.lab.services import listens

PORT = 10025
ADDRESSES = {"mta1": "10.0.1.10", "mta2": "10.0.1.11"}
SINK = "10.0.1.60"


class Mta(Postfix):
    """With queue-handover set up. What the hook changes in its files is kept when it is started again."""

    def __init__(self, host, address, peer, settings=None):
        self.address, self.peer = address, peer
        self._written = False
        super().__init__(host, {"relayhost": f"[{SINK}]:25", "minimal_backoff_time": "600s", "maximal_backoff_time": "600s",
                                "queue_run_delay": "600s", **(settings or {})})

    def write_config(self):
        if not self._written:
            self._written = True
            super().write_config()

    @property
    def where(self):
        """What the hook must be told in the lab: which Postfix, and where its state is."""
        return ["--config-dir", str(self.config), "--state", str(self.directory / "handover" / "state.json")]

    @property
    def paths(self):
        """Its environment."""
        return {"PATH": f"{PEERS}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LD_LIBRARY_PATH": str(LIBRARIES)}

    def _words(self, words, env):
        return [*words, *self.where], {**self.paths, **(env or {})}

    def handover(self, *words, event=None, env=None):
        words, env = self._words(words, env)
        return hook("queue-handover", *words, event=event, env=env, host=self.host)

    def begin(self, *words, event=None):
        words, env = self._words(words, None)
        return begin("queue-handover", *words, event=event, env=env, host=self.host)

    def counts(self, *words, event=None, status=0):
        """The JSON of a run, which must end with this status."""
        said = self.handover(*words, event=event)
        assert said.returncode == status, f"status {said.returncode}: {said.stdout}{said.stderr}"
        return json.loads(said.stdout) if said.stdout else None

    def set_up(self):
        told = self.counts("setup", "--listen", f"{self.address}:{PORT}", "--peer", f"{self.peer}:{PORT}")
        for name in ("main.cf", "master.cf"):  # see _write()
            os.utime(self.config / name, (time.time() - 60,) * 2)
        return told

    def mode(self):
        return self.tool("postconf", "-h", "baton_handover_mode").stdout.strip()

    def waiting(self, *queues):
        return [mail for mail in self.queue() if not queues or mail["queue_name"] in queues]


class ClientAndSink:
    """Who sends, and where all of it must arrive."""

    def __init__(self, lab):
        self.client = lab.host("client", "10.0.1.50/24")
        self.sink_host = lab.host("sink", f"{SINK}/24")
        self._sink = None
        self._loads = 0

    def start_sink(self):
        self._sink = self.sink_host.spawn("sink", program("recording_sink", 25))
        eventually(lambda: self._sink.require_running() or listens(self.sink_host), "the sink listens")

    def arrived(self):
        """How often each number has come to the sink."""
        return Counter(int(line.split()[0]) for line in self.lines())

    def lines(self):
        log = self.sink_host.directory / "sink.log"
        return [line for line in log.read_text().splitlines() if line] if log.exists() else []

    def await_arrival(self, numbers, timeout=180):
        missing = set(numbers)

        def none_missing():
            missing.difference_update(self.arrived())
            return not missing
        eventually(none_missing, f"all of {len(numbers)} mails arrive", timeout, step=0.1)


class MailPair(ClientAndSink):
    def __init__(self, lab, settings=None):
        super().__init__(lab)
        one, other = ADDRESSES["mta1"], ADDRESSES["mta2"]
        self.mta1 = Mta(lab.host("mta1", f"{one}/24"), one, other, settings)
        self.mta2 = Mta(lab.host("mta2", f"{other}/24"), other, one, settings)
        for mta in (self.mta1, self.mta2):
            mta.write_config()
            mta.set_up()
            mta.start()

    def send(self, mta, first, count, sender="sender@client.lab", *recipients):
        """Sends numbered mails, and waits until each is taken."""
        done = self.client.run(*program("numbered_mails", mta.address, first, count, 0, sender, *recipients), timeout=300)
        assert len(done.stdout.split()) == count, done.stderr

    def load(self, mta, first, count, pause):
        """Sends them one after the other beside what else happens."""
        self._loads += 1
        return self.client.spawn(f"load-{self._loads}", program("numbered_mails", mta.address, first, count, pause))

    def await_deferred(self, mta, count):
        eventually(lambda: len(mta.waiting("deferred")) == len(mta.waiting()) == count,
                   f"{count} mails are deferred on {mta.host.name}", timeout=120)


def timed(mta, *words, event, env=None):
    """What it said, its counts, and how many seconds it took."""
    begun = time.monotonic()
    said = mta.handover(*words, event=event, env=env)
    return said, json.loads(said.stdout), time.monotonic() - begun
