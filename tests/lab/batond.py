"""A batond on a host of the lab: its configuration, its life, and what it says over its control socket.

Which build is run says the environment variable BATON_BIN (build/bin unless set).
"""
import http.client
import json
import os
import signal
import socket
from datetime import datetime
from pathlib import Path

from tests.lab.network import run
from tests.lab.processes import LabError, eventually

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("BATON_BIN", ROOT / "build" / "bin")).resolve()
VIP = "10.0.1.100"


def configuration(node, interface="eth0", vrid=51, address=f"{VIP}/24", checks=None, name="VI_1", **settings):
    """A configuration with one instance, as a value; more instances may be added to it."""
    instance = {"interface": interface, "vrid": vrid, "addresses": [address], **settings}
    return {"node": node, "checks": checks or {}, "instances": {name: instance}}


def script(argv, interval="500ms", timeout=None, fall=2, rise=2):
    """A check that runs a program."""
    return {"type": "script", "run": argv, "interval": interval, "timeout": timeout or interval, "fall": fall, "rise": rise}


def seconds(rfc3339):
    """A time of day as seconds since 1970."""
    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp()


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Batond:
    """Starts with start(); a second start() after it ended uses the same configuration and directory."""

    def __init__(self, host, config, label="batond"):
        self.host = host
        self.label = label
        self.config = config
        self.runtime = host.directory / f"{label}.run"
        self.config_file = host.directory / f"{label}.json"
        self.write_config()
        self.socket = self.runtime / "control.sock"
        self.log = host.directory / f"{label}.log"
        self._process = None
        self._began = 0  # where in the log the present run begins

    def write_config(self):
        """After a change of `config`; read at the next start."""
        config = self.config
        self.config_file.write_text(config if isinstance(config, str) else json.dumps(config, indent=2))

    def argv(self, *more):
        return [BIN / "batond", "--config", self.config_file, "--runtime-dir", self.runtime,
                "--log-format", "json", *more]

    def start(self):
        self.launch()
        return self.wait_ready()

    def launch(self, *wrapper):
        """Starts it, without waiting, as the last arguments of another program if one is given."""
        self._began = self.log.stat().st_size if self._process else 0
        self._process = self.host.spawn(self.label, [*wrapper, *self.argv()])

    def wait_ready(self, timeout=15.0):
        def answers():
            self._process.require_running()
            try:
                return self.status()
            except OSError:
                return None
        eventually(answers, f"{self.host.name}: batond answers on {self.socket}", timeout)
        return self

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process is not None and self._process.running()

    def get(self, path, timeout=5.0):
        """Status and JSON body of a GET."""
        connection = UnixConnection(self.socket, timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def status(self):
        return self.get("/v1/status")[1]

    def instance(self, name="VI_1"):
        return next(one for one in self.status()["instances"] if one["name"] == name)

    def state(self, name="VI_1"):
        return self.instance(name)["state"]

    def counters(self, name="VI_1"):
        return self.instance(name)["counters"]

    def transitions(self, name="VI_1"):
        """All of this process, oldest first: from itself, or from its log once it has ended."""
        if self.running():
            return self.instance(name)["transitions"]
        return [event for event in self.events("transition") if event["instance"] == name]

    def events(self, kind):
        """The log's lines of one kind, of this run."""
        found = []
        for line in self.log.read_bytes()[self._began:].decode(errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") == kind:
                found.append(event)
        return found

    def wait_state(self, state, name="VI_1", timeout=15.0):
        """Waits for a state; answers the transition that led there."""
        def reached():
            self._process.require_running()
            return self.state(name) == state
        try:
            eventually(reached, "", timeout)
        except LabError:
            now = self.instance(name)
            raise LabError(f"{self.host.name}: {name} is not {state} after {timeout:g} s but {now['state']} "
                           f"({now['reason']}); its log: {self.log}") from None
        return self.transitions(name)[-1]

    def wait_transition(self, number, name="VI_1", timeout=15.0):
        """Waits for a transition later than `number`; answers the first of those."""
        return eventually(lambda: [one for one in self.transitions(name) if one["number"] > number],
                          f"{self.host.name}: {name} makes a transition after number {number}", timeout)[0]

    def terminate(self):
        """Asks for a clean stop."""
        self._process.signal(signal.SIGTERM)

    def wait(self, timeout=15.0):
        """Waits for its end; answers the exit status."""
        return self._process.wait(timeout)

    def stop(self, timeout=15.0):
        """A clean stop, as an operator does it. Answers the exit status."""
        self.terminate()
        return self.wait(timeout)

    def kill(self):
        self._process.signal(signal.SIGKILL)
        return self._process.wait()

    def signal(self, number):
        self._process.signal(number)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def unpause(self):
        self.signal(signal.SIGCONT)

    def ctl(self, *words, check=True):
        """Runs batonctl against it."""
        return run([BIN / "batonctl", "--socket", self.socket, *words], check)
