"""The hooks that tell others of an event, against real servers on the loopback: good ones, and ones that refuse, hang,
answer nonsense, or are not there."""
import contextlib
import email
import email.policy
import json
import os
import re
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from tests.lab.hooks import environment, hook, installed, shipped

ALL = [path.name for path in shipped()]


class Web:
    """Answers each POST with the next of `answers` (the last again and again) and keeps what it got."""

    def __init__(self, *answers, headers=None):
        self.got = []
        answers = list(answers)
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                keeper.got.append((self.path, dict(self.headers), json.loads(body)))
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if callable(answer):
                    return answer(self)
                self.send_response(answer)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._server.shutdown()
        self._server.server_close()


def drip(handler):
    """A header that never ends, one letter at a time."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not handler.server._BaseServer__shutdown_request:
            handler.wfile.write(b"x")
            threading.Event().wait(0.05)


def nonsense(handler):
    handler.wfile.write(b"220 mail.example.org ESMTP\r\n")
    handler.close_connection = True


def unused_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("name", ALL)
def test_help_has_examples(name):
    for word in ("--help", "-h"):
        said = hook(name, word)
        assert said.returncode == 0 and said.stderr == ""
    assert f"  {name} " in said.stdout and "/usr/lib/baton/hooks/" in said.stdout


@pytest.mark.parametrize("name", ALL)
def test_runs_from_where_it_is_installed(name, tmp_path):
    program = installed(tmp_path) / name
    assert hook(name, "--help", program=program).returncode == 0
    assert sorted(os.listdir(tmp_path)) == sorted(path.name for path in tmp_path.iterdir() if path.is_file())


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_word_is_a_usage_error(name):
    said = hook(name, "--no-such-option")
    assert said.returncode == 2 and "usage:" in said.stderr.lower()


def test_webhook_posts_the_event():
    with Web(204) as web:
        said = hook("notify-webhook", web.url + "/in?x=1", "--header", "X-Token: abc", event="active")
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    (path, headers, body), = web.got
    assert path == "/in?x=1" and headers["Content-Type"] == "application/json" and headers["X-Token"] == "abc"
    assert body.pop("time").endswith("Z") and body.pop("node") == "lb1"
    assert body.pop("text") == "lb1: VI_1: active (was backup): no advert for 3609 ms"
    assert body == {"instance": "VI_1", "group": None, "event": "active", "state": "active", "previous_state": "backup",
                    "reason_code": "active_down_timer", "reason": "no advert for 3609 ms", "priority": 101, "interface": "eth0",
                    "addresses": ["10.0.1.100/24", "fd00::100/64"], "active_router": "10.0.1.2", "transition": 7}


def test_webhook_by_hand_without_the_rest():
    with Web(200) as web:
        said = hook("notify-webhook", web.url, env={"BATON_INSTANCE": "VI_2", "BATON_EVENT": "stop"})
    assert said.returncode == 0
    body = web.got[0][2]
    assert body["instance"] == "VI_2" and body["addresses"] == [] and body["priority"] is None
    assert body["node"] == socket.gethostname() and body["text"] == f"{socket.gethostname()}: VI_2: stop"


OF_A_GROUP = {"BATON_INSTANCE": "", "BATON_GROUP": "mail", "BATON_INTERFACE": "", "BATON_ADDRESSES": "", "BATON_PRIORITY": "",
              "BATON_ACTIVE_ROUTER": ""}


def test_the_event_of_a_sync_group(tmp_path):
    with Web(200) as web:
        assert hook("notify-webhook", web.url, event="active", env=OF_A_GROUP).returncode == 0
        assert hook("alertmanager", web.url, event="fault", env=OF_A_GROUP).returncode == 0
    posted, alerts = (body for _, _, body in web.got)
    assert (posted["group"], posted["instance"], posted["text"].partition(" (")[0]) == ("mail", None, "lb1: mail: active")
    assert alerts[0]["labels"] == {"alertname": "BatonFault", "group": "mail", "node": "lb1", "severity": "warning"}
    mta = keeping_mta(tmp_path)
    assert hook("notify-mail", "--to", "ops@example.org", "--sendmail", mta, event="active", env=OF_A_GROUP).returncode == 0
    made = email.message_from_string((tmp_path / "mail").read_text())
    assert "lb1: mail: active" in made["Subject"] and ".active.mail" in made["Message-ID"]
    assert "group: mail" in made.get_payload() and "instance" not in made.get_payload()


@pytest.mark.parametrize("name, words", [("notify-webhook", ["http://127.0.0.1:9"]), ("alertmanager", ["http://127.0.0.1:9"]),
                                         ("notify-mail", ["--to", "ops@example.org"])])
def test_the_event_of_nobody(name, words):
    said = hook(name, *words, event="active", env={"BATON_INSTANCE": "", "BATON_GROUP": ""})
    assert said.returncode == 1 and "BATON_INSTANCE" in said.stderr and "Traceback" not in said.stderr


def test_webhook_without_an_event():
    said = hook("notify-webhook", "http://127.0.0.1:9")
    assert said.returncode == 1 and "BATON_EVENT" in said.stderr and "by hand" in said.stderr


def test_webhook_tries_again(tmp_path):
    secret = tmp_path / "headers"
    secret.write_text("Authorization: Bearer s3cret\n\n")
    with Web(500, nonsense, 429, 200) as web:
        said = hook("notify-webhook", web.url, "--header-file", secret, event="active")
    assert (said.returncode, said.stderr, len(web.got)) == (0, "", 4)
    assert {headers["Authorization"] for _, headers, _ in web.got} == {"Bearer s3cret"}


def test_webhook_waits_as_long_as_it_is_asked_to():
    with Web(503, 200, headers={"Retry-After": "1"}) as web:
        said = hook("notify-webhook", web.url, event="active")
        assert said.returncode == 0 and len(web.got) == 2
    with Web(503, headers={"Retry-After": "3600"}) as web:
        said = hook("notify-webhook", web.url, event="active")
    assert said.returncode == 1 and len(web.got) == 1 and "503" in said.stderr and "gave up after 30 s" in said.stderr


@pytest.mark.parametrize("answer, words", [(404, "404 Not Found"), (400, "400"), (302, "give that address instead")])
def test_webhook_does_not_try_again_what_cannot_help(answer, words):
    with Web(answer, headers={"Location": "http://127.0.0.1:1/elsewhere"}) as web:
        said = hook("notify-webhook", web.url, event="active")
    assert said.returncode == 1 and len(web.got) == 1
    assert words in said.stderr and web.url in said.stderr and "Traceback" not in said.stderr


def test_webhook_gives_up_at_its_deadline():
    url = f"http://127.0.0.1:{unused_port()}/"
    said = hook("notify-webhook", url, "--deadline", "1s", event="active")
    assert said.returncode == 1 and "Connection refused" in said.stderr and "gave up after 1 s" in said.stderr


@pytest.mark.parametrize("answer", [drip, lambda handler: threading.Event().wait(20)], ids=["drips", "hangs"])
def test_webhook_with_a_server_that_takes_its_time(answer):
    with Web(answer, 200) as web:
        said = hook("notify-webhook", web.url, "--timeout", "1s", event="active")
        assert said.returncode == 0 and len(web.got) >= 2, said.stderr
    with Web(answer) as web:
        said = hook("notify-webhook", web.url, "--timeout", "300ms", "--deadline", "1s", event="active")
    assert said.returncode == 1 and "no answer within" in said.stderr


@pytest.mark.parametrize("name", ["notify-webhook", "alertmanager"])
@pytest.mark.parametrize("url", ["file:///etc/passwd", "data:text/plain,x", "FILE:///etc/passwd", "file://localhost/etc/x"])
def test_nothing_but_http_is_a_success(name, url):
    said = hook(name, url, event="fault")
    assert said.returncode == 1 and "must begin with http:// or https://" in said.stderr


def test_a_reason_that_is_no_utf8(tmp_path):
    reason = {"BATON_REASON": os.fsdecode(b"caf\xe9 \xff")}
    mta = keeping_mta(tmp_path)
    said = hook("notify-mail", "--to", "ops@example.org", "--sendmail", mta, event="fault", env=reason)
    assert (said.returncode, said.stderr) == (0, "")
    made = email.message_from_bytes((tmp_path / "mail").read_bytes(), policy=email.policy.default)
    assert made["Subject"].endswith("caf\ufffd \ufffd") and "caf\ufffd \ufffd" in made.get_content()
    with Web(200) as web:
        assert hook("notify-webhook", web.url, event="fault", env=reason).returncode == 0
    assert web.got[0][2]["reason"] == "caf\ufffd \ufffd"


@pytest.mark.parametrize("option", ["--to", "--from"])
@pytest.mark.parametrize("wrong", ["a@b.c\nBcc: evil@example.org", "", "not an address", "Ops <ops@example.org>", "a@b.c,d@e.f",
                                   "j\u00f6rg@example.org", "a@", "@example.org", "-oQ/tmp"])
def test_mail_to_what_is_no_address(tmp_path, option, wrong):
    words = [f"{option}={wrong}", *(["--to", "ops@example.org"] if option == "--from" else [])]
    said = hook("notify-mail", *words, "--sendmail", keeping_mta(tmp_path), event="active")
    assert said.returncode == 2 and "is no mail address" in said.stderr and not (tmp_path / "mail").exists()


@pytest.mark.parametrize("right", ["root", "ops+baton@mx1.example.org", "o'neil@[10.0.1.25]"])
def test_mail_to_an_address(tmp_path, right):
    said = hook("notify-mail", "--to", right, "--sendmail", keeping_mta(tmp_path), event="active")
    assert (said.returncode, said.stderr) == (0, "") and right in (tmp_path / "argv").read_text().split()


@pytest.mark.parametrize("words", [["not a url"], ["ftp://127.0.0.1/"], ["http://127.0.0.1:1/", "--header", "what"],
                                   ["http://127.0.0.1:1/", "--header-file", "/no/such/file"],
                                   ["http://127.0.0.1:1/", "--ca-file", "/no/such/file"]])
def test_webhook_says_what_is_wrong_with_its_arguments(words):
    said = hook("notify-webhook", *words, "--deadline", "1s", event="active")
    assert said.returncode == 1 and "Traceback" not in said.stderr and len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [["http://x", "--deadline", "10"], ["http://x", "--timeout", "fast"]])
def test_a_duration_without_a_unit(words):
    said = hook("notify-webhook", *words, event="active")
    assert said.returncode == 2 and "write a number and ms, s, m or h" in said.stderr


def certificate(directory, name="localhost"):
    """A certificate of its own for a name, and its key."""
    crt, key = directory / "crt.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-out", crt, "-keyout",
                    key], check=True, capture_output=True)
    return crt, key


def test_webhook_over_tls(tmp_path):
    crt, key = certificate(tmp_path)
    with Web(200) as web:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt, key)
        web._server.socket = context.wrap_socket(web._server.socket, server_side=True)
        url = web.url.replace("http:", "https:")
        assert hook("notify-webhook", url, "--ca-file", crt, event="active").returncode == 0
        said = hook("notify-webhook", url, "--deadline", "1s", event="active")
    assert said.returncode == 1 and "certificate" in said.stderr and len(web.got) == 1


def test_alertmanager_fires_and_resolves():
    with Web(200) as web:
        url = web.url + "/"
        for event in ("fault", "fault", "backup", "release"):
            said = hook("alertmanager", url, "--severity", "critical", "--label", "team=mail", event=event)
            assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert [path for path, _, _ in web.got] == ["/api/v2/alerts"] * 3
    fired, again, resolved = [body[0] for _, _, body in web.got]
    assert fired["labels"] == again["labels"] == resolved["labels"] == {
        "alertname": "BatonFault", "instance": "VI_1", "node": "lb1", "severity": "critical", "team": "mail"}
    assert fired["startsAt"] < fired["endsAt"] and fired["annotations"]["summary"].endswith("no advert for 3609 ms")
    assert "startsAt" not in resolved and fired["startsAt"] < resolved["endsAt"] < fired["endsAt"]


def test_alertmanager_fires_on_what_it_is_told():
    with Web(200) as web:
        for event in ("active", "backup"):
            assert hook("alertmanager", web.url, "--name", "OnTheSpare", "--fire", "active", event=event).returncode == 0
    assert ["startsAt" in body[0] for _, _, body in web.got] == [True, False]
    said = hook("alertmanager", "http://x", "--fire", "active", "--resolve", "active,backup", event="active")
    assert said.returncode == 2 and "cannot both" in said.stderr
    said = hook("alertmanager", "http://x", "--fire", "master", event="active")
    assert said.returncode == 2 and "before_active, active" in said.stderr


def test_alertmanager_tells_every_one_of_a_cluster():
    with Web(500, 200) as slow, Web(200) as web, Web(400) as refuses:
        gone = f"http://127.0.0.1:{unused_port()}"
        said = hook("alertmanager", gone, slow.url, refuses.url, web.url, "--deadline", "5s", event="fault")
    assert said.returncode == 1 and len(slow.got) == 2 and len(web.got) == 1 and len(refuses.got) == 1
    assert gone in said.stderr and refuses.url in said.stderr and slow.url not in said.stderr


class Mailbox:
    """An SMTP server that keeps what it got; refuses the first recipients with the replies it is given."""

    def __init__(self, *refusals):
        self.got = []
        self._refusals = list(refusals)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self._refusals:
            return self._refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope, session.ssl is not None))
        return "250 OK"


@contextlib.contextmanager
def relay(mailbox, **options):
    server = Controller(mailbox, hostname="127.0.0.1", port=unused_port(), **options)
    server.start()
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        server.stop()


def test_mail_through_a_relay():
    box = Mailbox("451 4.3.0 not now")
    with relay(box) as address:
        said = hook("notify-mail", "--to", "ops@example.org", "--to", "night@example.org", "--relay", address, event="active",
                    env={"BATON_REASON": "one line\r\nBcc: other@example.org"})
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert [one.rcpt_tos for one, _ in box.got] == [["night@example.org"], ["ops@example.org"]]
    made = email.message_from_bytes(box.got[0][0].content)
    assert made["To"] == "ops@example.org, night@example.org" and made["Bcc"] is None
    assert "VI_1: active (was backup): one line Bcc: other@example.org" in made["Subject"].replace("\n", "")
    assert re.fullmatch(r"<baton\.\d+\.active\.VI_1@\S+>", made["Message-ID"]) and made["Auto-Submitted"] == "auto-generated"
    assert "addresses: 10.0.1.100/24, fd00::100/64" in made.get_payload()


def test_mail_with_starttls(tmp_path):
    crt, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    words = ["--to", "ops@example.org", "--relay"]
    box = Mailbox()
    with relay(box, tls_context=context) as address:
        assert hook("notify-mail", *words, address, event="active").returncode == 0
        assert hook("notify-mail", *words, address, "--starttls", "off", event="active").returncode == 0
        required = [*words, address, "--starttls", "required"]
        assert hook("notify-mail", *required, "--ca-file", crt, event="active").returncode == 0
        said = hook("notify-mail", *required, event="active")
    assert said.returncode == 1 and "certificate" in said.stderr and "--ca-file" in said.stderr
    assert [over_tls for _, over_tls in box.got] == [True, False, True]
    with relay(box) as address:
        said = hook("notify-mail", *words, address, "--starttls", "required", event="active")
        assert said.returncode == 1 and "does not offer STARTTLS" in said.stderr
        assert hook("notify-mail", *words, address, event="active").returncode == 0
    assert len(box.got) == 4


def test_mail_that_is_not_taken():
    words = ["--to", "ops@example.org", "--deadline", "1s", "--relay"]
    box = Mailbox(*["550 5.1.1 nobody of that name"] * 2)
    with relay(box) as address:
        said = hook("notify-mail", *words, address, event="active")
    assert said.returncode == 1 and "550 5.1.1 nobody" in said.stderr and "would not help" in said.stderr and not box.got
    said = hook("notify-mail", *words, f"127.0.0.1:{unused_port()}", event="active")
    assert said.returncode == 1 and "Connection refused" in said.stderr and "gave up after 1 s" in said.stderr
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = hook("notify-mail", *words, f"127.0.0.1:{silent.getsockname()[1]}", "--timeout", "300ms", event="active")
    assert said.returncode == 1 and "no answer within" in said.stderr
    said = hook("notify-mail", *words, "127.0.0.1:smtp", event="active")
    assert said.returncode == 1 and "is no port" in said.stderr
    said = hook("notify-mail", *words, "127.0.0.1", "--user", "u", "--password-file", "/x", event="active")
    assert said.returncode == 2 and "only sent over TLS" in said.stderr


def keeping_mta(directory):
    """A sendmail that keeps its words and the mail in this folder, and ends with $STATUS."""
    mta = directory / "sendmail"
    mta.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{directory}/argv\ncat >{directory}/mail\nexit ${{STATUS-0}}\n')
    mta.chmod(0o755)
    return mta


def test_mail_through_the_local_mta(tmp_path):
    """Its sendmail is one that keeps what it gets: a real MTA stands behind it in test_queue_handover.py."""
    mta = keeping_mta(tmp_path)
    words = ["--to", "ops@example.org", "--from", "baton@example.org", "--sendmail"]
    assert hook("notify-mail", *words, mta, event="fault").returncode == 0
    assert (tmp_path / "argv").read_text().split() == ["-i", "-f", "baton@example.org", "--", "ops@example.org"]
    assert "fault" in email.message_from_string((tmp_path / "mail").read_text())["Subject"]
    said = hook("notify-mail", *words, mta, event="fault", env={"STATUS": "75"})
    assert said.returncode == 1 and "ended with status 75" in said.stderr
    said = hook("notify-mail", *words, tmp_path / "none", event="fault")
    assert said.returncode == 1 and "install an MTA, or give --relay" in said.stderr


def test_no_two_mails_have_the_same_id(tmp_path):
    """The number of the transition is that of another event after a restart of batond."""
    identities = set()
    words = ["--to", "ops@example.org", "--sendmail", keeping_mta(tmp_path)]
    for _ in range(3):
        assert hook("notify-mail", *words, event="active").returncode == 0
        identities.add(email.message_from_string((tmp_path / "mail").read_text())["Message-ID"])
    assert len(identities) == 3


def test_told_to_end():
    """SIGTERM, as at a timeout: says so, and is gone."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        running = subprocess.Popen([next(path for path in shipped() if path.name == "notify-webhook"),
                                    f"http://127.0.0.1:{silent.getsockname()[1]}/"], env=environment("active"),
                                   stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        running.terminate()
        _, said = running.communicate(timeout=60)
        connection.close()
    assert running.returncode == 1 and "told to end" in said
