"""haproxy-drain against real HAProxy before two mail servers."""
import os
import signal
import sys

import pytest

from tests.lab.hooks import begin, hook
from tests.lab.processes import eventually
from tests.lab.services import Haproxy, MailSink

SESSION = """
import socket, sys
connection = socket.create_connection(("10.0.1.2", 25), 30)
print(connection.recv(1000), flush=True)
while connection.recv(1000): pass
"""


class Site:
    def __init__(self, lab):
        self.sinks = [MailSink(lab.host("mail1", "10.0.1.10/24")), MailSink(lab.host("mail2", "10.0.1.11/24"))]
        self.haproxy = Haproxy(lab.host("lb1", "10.0.1.2/24")).start()
        self.client = lab.host("client", "10.0.1.50/24")
        self._count = 0

    def hook(self, *words):
        return hook("haproxy-drain", *words, "--socket", self.haproxy.socket)

    def session(self):
        """A client that has its greeting and stays."""
        self._count += 1
        process = self.client.spawn(f"session-{self._count}", [sys.executable, "-c", SESSION])
        eventually(lambda: not process.running() or "220" in process.output(), "the client is greeted")
        process.require_running()
        return process

    def state(self, server):
        row = next(line for line in self.haproxy.command("show stat").splitlines()
                   if line.startswith(f"mail_backend,{server},"))
        return row.split(",")[17].split()[0]  # "DRAIN 1/3" while its check wavers

    def open(self):
        return next(line.split(",")[17] for line in self.haproxy.command("show stat").splitlines()
                    if line.startswith("mail,FRONTEND,"))


@pytest.fixture
def site(lab):
    return Site(lab)


def test_waits_for_the_sessions_of_a_server(site):
    session = site.session()
    running = begin("haproxy-drain", "drain", "mail_backend/mail1", "--socket", site.haproxy.socket, "--deadline", "1m")
    eventually(lambda: site.state("mail1") == "DRAIN", "the server drains")
    assert running.poll() is None and session.running()
    session.end()
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "", "")
    assert site.hook("drain", "mail_backend/mail1").returncode == 0
    assert site.state("mail1") == "DRAIN"
    for _ in range(2):
        assert site.hook("ready", "mail_backend/mail1").returncode == 0
        assert site.state("mail1") == "UP"


def test_a_server_in_maintenance_stays_there(site):
    site.haproxy.command("set server mail_backend/mail2 state maint")
    for words in (["mail_backend/*"], ["mail_backend/mail2"]):
        for action, state in (("drain", "DRAIN"), ("ready", "UP")):
            said = site.hook(action, *words)
            assert said.returncode == 0 and "mail_backend/mail2 is in maintenance, and stays so" in said.stderr
            assert site.state("mail2") == "MAINT"
            assert site.state("mail1") == (state if "mail_backend/*" in words else "UP")


def test_sessions_left_at_the_deadline(site):
    session = site.session()
    said = site.hook("drain", "mail_backend/*", "--deadline", "500ms")
    assert said.returncode == 1 and "sessions left after 0.5 s: mail_backend/mail1 1" in said.stderr
    assert session.running() and (site.state("mail1"), site.state("mail2")) == ("DRAIN", "DRAIN")
    said = site.hook("drain", "mail_backend/*", "--deadline", "500ms", "--then-end-sessions")
    assert said.returncode == 0 and "ends 1 sessions of mail_backend/mail1" in said.stderr
    eventually(lambda: not session.running(), "the session has been ended")


def test_a_frontend(site):
    session = site.session()
    said = site.hook("drain", "--frontend", "mail", "--deadline", "500ms")
    assert said.returncode == 1 and "mail 1" in said.stderr and site.open() == "PAUSED"
    session.end()
    for action, state in (("drain", "PAUSED"), ("drain", "PAUSED"), ("ready", "OPEN"), ("ready", "OPEN")):
        said = site.hook(action, "--frontend", "mail")
        assert (said.returncode, said.stderr, site.open()) == (0, "", state)
    site.session()


def test_what_is_not_there(site, tmp_path):
    said = site.hook("drain", "mail_backend/mail3")
    assert said.returncode == 1 and "no server mail_backend/mail3; it has mail_backend/mail1, mail_backend/mail2" in said.stderr
    said = site.hook("drain", "--frontend", "nail")
    assert said.returncode == 1 and "no frontend nail; it has mail" in said.stderr
    assert (site.state("mail1"), site.open()) == ("UP", "OPEN")
    said = hook("haproxy-drain", "drain", "a/b", "--socket", tmp_path / "none.sock")
    assert said.returncode == 1 and "none.sock cannot be used: No such file" in said.stderr
    assert hook("haproxy-drain", "drain").returncode == 2


def test_haproxy_that_hangs(site):
    worker = site.haproxy.worker()
    os.kill(worker, signal.SIGSTOP)
    try:
        said = site.hook("drain", "mail_backend/mail1")
    finally:
        os.kill(worker, signal.SIGCONT)
    assert said.returncode == 1 and "did not answer" in said.stderr


def test_a_socket_that_may_only_look(lab):
    host = lab.host("lb1", "10.0.1.2/24")
    haproxy = Haproxy(host)
    haproxy.config.write_text(haproxy.config.read_text().replace("level admin", "level operator"))
    haproxy.start()
    said = hook("haproxy-drain", "drain", "mail_backend/mail1", "--socket", haproxy.socket)
    assert said.returncode == 1 and 'needs "level admin"' in said.stderr
