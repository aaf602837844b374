"""Checks against servers that do what no real one does (tests/lab/programs/misbehave.py): all are well, then all
misbehave at the same moment, each in its own way; and each check says how."""
import signal
import time
from collections import namedtuple

from tests.lab.batond import configuration
from tests.lab.processes import eventually, program
from tests.netns.checks import BUSY, await_checks, turned_down
from tests.netns.conftest import await_holder, heard
from tests.netns.timing import in_seconds

INTERVAL, TIMEOUT, FALL = "1s", "1s", 2
IN_TIME = FALL * in_seconds(INTERVAL) + in_seconds(TIMEOUT)
LATE = "timed out after 1s: "
RESET = " (Connection reset by peer)"
UNREADABLE = "its answer is no HTTP that can be read: "
WELL = {"smtp": "220 odd.example.org ESMTP", "http": "status 200 OK",
        "haproxy": "backend mail_backend: 1 of 1 servers up"}
SETTINGS = {"smtp": {"helo": "lb1", "starttls": "if_offered"}, "http": {"body": "ok"},
            "haproxy": {"backend": "mail_backend"}}

Case = namedtuple("Case", "protocol deed reply detail")
STAYS_WELL = None

CASES = [Case(*one) for one in (
    ("smtp", "drip", 0, LATE + "only a part of its banner"),
    ("smtp", "drip", 1, LATE + "only a part of its answer to EHLO"),
    ("smtp", "long_line", 0, "sent a line of more than 1024 octets: 250-xxxx"),
    ("smtp", "long_line", 1, "sent a line of more than 1024 octets: 250-xxxx"),
    ("smtp", "half", 0, LATE + "only a part of its banner"),
    ("smtp", "half", 1, LATE + "only a part of its answer to EHLO"),
    ("smtp", "half_and_close", 0, "closed in the middle of its banner"),
    ("smtp", "half_and_close", 1, "closed in the middle of its answer to EHLO"),
    ("smtp", "silence", 0, LATE + "no banner"),
    ("smtp", "silence", 1, LATE + "no answer to EHLO"),
    ("smtp", "reset", 0, "closed before its banner" + RESET),
    ("smtp", "reset", 1, "closed after EHLO" + RESET),
    ("smtp", "close", 0, "closed before its banner"),
    ("smtp", "close", 1, "closed after EHLO"),
    ("smtp", "garbage", 0, "sent what is not SMTP: "),
    ("smtp", "garbage", 1, "sent what is not SMTP: "),
    ("smtp", "two_codes", 1, "sent two codes in one reply: 251 STARTTLS"),
    ("smtp", "flood", 1, "sent a reply of more than 128 lines: 250-odd.example.org"),
    ("smtp", "injected", 1, "sent data in clear where TLS was to begin"),
    ("smtp", "no_tls", 1, "TLS: wrong version number"),
    ("smtp", "silent_tls", 1, LATE + "no end of the TLS handshake"),
    ("smtp", "closed_tls", 1, "closed during the TLS handshake"),
    ("smtp", "close", 2, STAYS_WELL),
    ("smtp", "octets", 0, STAYS_WELL),
    ("smtp", "octets", 1, STAYS_WELL),
    ("smtp", "all_at_once", 0, "sent a reply before it was asked for one"),
    ("http", "drip", 0, LATE + "no whole answer"),
    ("http", "long_line", 0, UNREADABLE + "header limit exceeded"),
    ("http", "half", 0, LATE + "no whole answer"),
    ("http", "half_and_close", 0, "closed before its whole answer"),
    ("http", "silence", 0, LATE + "no whole answer"),
    ("http", "reset", 0, "closed before its whole answer" + RESET),
    ("http", "close", 0, "closed before its whole answer"),
    ("http", "garbage", 0, UNREADABLE + "bad version"),
    ("http", "flood", 0, "status 200 OK, but the first MiB of its body does not have what it should; it begins: x"),
    ("http", "interim", 0, "status 100 Continue, not 200-399"),
    ("http", "octets", 0, STAYS_WELL),
    ("haproxy", "drip", 0, LATE + "no whole answer from HAProxy"),
    ("haproxy", "long_line", 0, LATE + "no whole answer from HAProxy"),
    ("haproxy", "half", 0, LATE + "no whole answer from HAProxy"),
    ("haproxy", "half_and_close", 0, "closed before its whole answer"),
    ("haproxy", "silence", 0, LATE + "no whole answer from HAProxy"),
    ("haproxy", "reset", 0, "closed before its whole answer" + RESET),
    ("haproxy", "close", 0, "closed before its whole answer"),
    ("haproxy", "garbage", 0, LATE + "no whole answer from HAProxy"),
    ("haproxy", "flood", 0, "answered more than can be read: 4 MiB"),
    ("haproxy", "octets", 0, STAYS_WELL),
)]


def name_of(case):
    return f"{case.protocol}-{case.deed}-{case.reply}"


def check_of(number, case):
    port = 3000 + number
    where = {"socket": f"10.0.1.9:{port}"} if case.protocol == "haproxy" else {"address": "10.0.1.9", "port": port}
    return {"type": case.protocol, **where, "interval": INTERVAL, "timeout": TIMEOUT, "fall": FALL,
            **SETTINGS[case.protocol]}


def test_each_misbehaviour_is_named(lab, report):
    odd = lab.host("odd", "10.0.1.9/24")
    ports = [f"{3000 + number}:{case.protocol}:{case.deed}:{case.reply}" for number, case in enumerate(CASES)]
    servers = odd.spawn("misbehave", program("misbehave", *ports))
    eventually(lambda: servers.require_running() or "ready" in servers.output(), "the servers listen")
    checks = {name_of(case): check_of(number, case) for number, case in enumerate(CASES)}
    track = [{"check": name, "weight": -20} for name in checks]
    lb1 = lab.batond(lab.host("lb1", "10.0.1.2/24"), configuration("lb1", priority=101, advert_interval="100ms",
                                                                   checks=checks, track=track)).start()
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms").start()
    all_well = {name_of(case): WELL[case.protocol] for case in CASES}
    await_checks(lb1, "up", all_well)
    lb1.wait_state("active")
    heard(lb2, 1)
    began = time.time()
    servers.signal(signal.SIGUSR1)
    await_checks(lb1, "down", {name_of(case): case.detail for case in CASES if case.detail})
    await_checks(lb1, "up", {name_of(case): WELL[case.protocol] for case in CASES if case.detail is STAYS_WELL})
    await_holder(lb2, lb1)
    took = turned_down(lb1, began)
    report(f"{len(took)} checks turned within {max(took.values()):.2f} s of what their servers began, all at once; "
           f"{FALL} x {INTERVAL} + {TIMEOUT} is {IN_TIME:.2f} s")
    assert max(took.values()) < IN_TIME + BUSY
    servers.signal(signal.SIGUSR2)
    await_checks(lb1, "up", all_well)
    await_holder(lb1, lb2)
