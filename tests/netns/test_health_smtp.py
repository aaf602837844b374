"""The check of a mail server against real Postfix, in every way that it can be unwell.

One batond asks many ports of one Postfix, each by a check, an instance and a virtual address of its own. All are well;
then each is broken in its own way, and all at the same moment.
"""
import time
from dataclasses import dataclass, field

import pytest

from tests.lab.batond import configuration
from tests.lab.certificates import Authority
from tests.lab.postfix import NO_LIMIT, Postfix, can_run
from tests.lab.processes import LabError, eventually, program
from tests.netns.checks import BUSY, await_checks, turned_down
from tests.netns.conftest import heard
from tests.netns.timing import in_seconds

pytestmark = pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")

INTERVAL, TIMEOUT, FALL = "3s", "3s", 2
IN_TIME = FALL * in_seconds(INTERVAL) + in_seconds(TIMEOUT)
GREETING = "220 mail1.example.org ESMTP Postfix"
TO_THE_RECIPIENT = {"mail_from": "", "rcpt_to": "postmaster@example.org"}


@dataclass(frozen=True, eq=False)
class Case:
    """A port of Postfix, the check that asks it, and what that says when all is well and when it is not."""
    name: str
    port: int
    unwell: str
    well: str = GREETING
    check: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)  # settings of the port
    after: dict = field(default_factory=dict)   # settings that break it
    limit: str = NO_LIMIT
    weight: int = -20
    moves: bool = True
    address: str = "10.0.1.10"


def refusing(client, reply):
    """Settings with which a client is refused; Postfix says so at RCPT TO (smtpd_delay_reject)."""
    return {"smtpd_client_restrictions": f"check_client_access inline:{{{{{client} = {reply}}}}}"}


def sleeping(step):
    return {f"smtpd_{step}_restrictions": "sleep 30", "smtpd_delay_reject": "no"}


def cases(directory):
    good, stranger = Authority(directory), Authority(directory, "stranger")

    def serving(identity):
        return {"smtpd_tls_cert_file": identity.certificate, "smtpd_tls_key_file": identity.key}

    mine = {"smtpd_tls_security_level": "may", **serving(good.issue("mail1.example.org"))}
    trusting = {"ca_file": str(good.certificate), "server_name": "mail1.example.org"}
    starttls = {"starttls": "required", **trusting}
    accepted = f"{GREETING}; RCPT TO: 250 2.1.5 Ok"
    encrypted = f"{GREETING}; TLS"
    denied = "<postmaster@example.org>: Recipient address rejected: Access denied"
    return [
        Case("5xx", 2501, f"RCPT TO: 554 5.7.1 {denied}", accepted, TO_THE_RECIPIENT,
             after={"smtpd_recipient_restrictions": "reject"}),
        Case("soft_bounce", 2502, f"RCPT TO: 454 4.7.1 {denied}", accepted, TO_THE_RECIPIENT,
             after={"smtpd_recipient_restrictions": "reject", "soft_bounce": "yes"}),
        Case("no_key", 2503, "STARTTLS: 454 4.7.0 TLS not available due to local problem", encrypted, starttls, mine,
             {"smtpd_tls_key_file": directory / "no-such-file.pem"}),
        Case("not_offered", 2504, "STARTTLS is not offered", encrypted, starttls, mine,
             {"smtpd_tls_security_level": "none"}),
        Case("untrusted", 2505, "TLS: its certificate was not accepted: unable to get local issuer certificate",
             encrypted, starttls, mine, serving(stranger.issue("mail1.example.org", "untrusted"))),
        Case("expired", 2506, "TLS: its certificate was not accepted: certificate has expired", encrypted, starttls,
             mine, serving(good.issue("mail1.example.org", "expired", days=-1))),
        Case("other_name", 2507, "TLS: its certificate was not accepted: hostname mismatch", encrypted, starttls, mine,
             serving(good.issue("mail7.example.org"))),
        Case("tls_first", 2508, "MAIL FROM: 530 5.7.0 Must issue a STARTTLS command first", accepted, TO_THE_RECIPIENT,
             mine, {"smtpd_tls_security_level": "encrypt"}),
        Case("slow_banner", 2509, f"timed out after {TIMEOUT}: no banner", after=sleeping("client")),
        Case("slow_ehlo", 2510, f"timed out after {TIMEOUT}: no answer to EHLO", after=sleeping("helo")),
        Case("overloaded", 2511, f"timed out after {TIMEOUT}: no banner", limit="1"),
        Case("crowded", 2512, "banner: 421 4.7.0 mail1.example.org Error: too many connections from 10.0.1.2",
             before={"smtpd_client_connection_count_limit": 3, "smtpd_client_event_limit_exceptions": ""}),
        Case("submission", 587, "RCPT TO: 450 4.7.0 <unknown[10.0.1.2]>: Client host rejected: later",
             f"{encrypted}; RCPT TO: 250 2.1.5 Ok", {**starttls, **TO_THE_RECIPIENT},
             {**mine, "smtpd_tls_security_level": "encrypt"}, refusing("10.0.1.2", "450 4.7.0 later")),
        Case("smtps", 465, "TLS: wrong version number", encrypted, {"smtps": True, **trusting},
             {**mine, "smtpd_tls_wrappermode": "yes"}, {"smtpd_tls_wrappermode": "no"}),
        Case("ipv6", 2513, "RCPT TO: 554 5.7.1 <unknown[fd00::2]>: Client host rejected: no", accepted,
             TO_THE_RECIPIENT, after=refusing("fd00::2", "554 5.7.1 no"), address="fd00::10"),
        Case("source", 2514, "RCPT TO: 554 5.7.1 <unknown[10.0.1.4]>: Client host rejected: no", accepted,
             {**TO_THE_RECIPIENT, "source_address": "10.0.1.4"}, after=refusing("10.0.1.4", "554 5.7.1 no")),
        Case("light", 2515, f"timed out after {TIMEOUT}: no banner", after=sleeping("client"), weight=-1, moves=False),
        Case("fault", 2516, f"timed out after {TIMEOUT}: no banner", after=sleeping("client"), weight=0),
        Case("stopped", 25, "10.0.1.11:25: Connection refused", "220 mail2.example.org ESMTP Postfix",
             address="10.0.1.11"),
        Case("unplugged", 25, f"timed out after {TIMEOUT}: no connection to 10.0.1.12:25",
             "220 mail3.example.org ESMTP Postfix", address="10.0.1.12"),
    ]


class Site:
    """lb1, where each case is a check and an instance that tracks it; lb2, which stands in for all; mail servers."""

    def __init__(self, lab):
        self.mail1, self.mail2, self.mail3 = (Postfix(lab.host(f"mail{number}", f"10.0.1.{9 + number}/24"))
                                              for number in (1, 2, 3))
        self.cases = cases(self.mail1.directory)
        self.hosts = [lab.host("lb1", "10.0.1.2/24"), lab.host("lb2", "10.0.1.3/24")]
        self.hosts[0].ip("address add 10.0.1.4/24 dev eth0")
        self.hosts[0].enable_ipv6("fd00::2/64")
        self.mail1.host.enable_ipv6("fd00::10/64")
        self.crowds = []
        self.use("before")
        for postfix in (self.mail1, self.mail2, self.mail3):
            postfix.start()
        self.lb1, self.lb2 = (lab.batond(host, self.configuration(host.name)) for host in self.hosts)

    def use(self, which):
        """Gives the ports of mail1 their settings."""
        for case in self.cases:
            if case.address in ("10.0.1.10", "fd00::10"):
                settings = case.before if which == "before" else {**case.before, **case.after}
                self.mail1.listen(case.port, case.limit, **settings)

    def configuration(self, name):
        whole = {"node": name, "checks": {}, "instances": {}}
        for number, case in enumerate(self.cases, 1):
            track = [{"check": case.name, "weight": case.weight}] if name == "lb1" else []
            one = configuration(name, vrid=number, address=self.address_of(case) + "/24", name=case.name,
                                priority=101 if name == "lb1" else 100, advert_interval="200ms", track=track)
            whole["instances"].update(one["instances"])
            if name == "lb1":
                whole["checks"][case.name] = {
                    "type": "smtp", "address": case.address, "port": case.port, "interval": INTERVAL,
                    "timeout": TIMEOUT, "fall": FALL, "helo": "lb1.example.org", **case.check}
        return whole

    def address_of(self, case):
        return f"10.0.1.{100 + self.cases.index(case)}"

    def break_all(self):
        """Answers when it began."""
        self.use("after")
        began = time.time()
        self.mail1.reload()
        self.mail2.stop()
        self.mail3.host.cut()
        for case in self.cases:
            if case.name in ("overloaded", "crowded"):
                crowd = program("crowd", case.address, case.port, 5)
                self.crowds.append(self.hosts[0].spawn(f"crowd-{case.name}", crowd))
        return began

    def heal_all(self):
        for crowd in self.crowds:
            crowd.end()
        self.use("before")
        self.mail1.reload()
        self.mail2.start()
        self.mail3.host.restore()

    def await_details(self, which):
        """`which` is "well" or "unwell"."""
        details = {case.name: getattr(case, which) for case in self.cases}
        await_checks(self.lb1, "up" if which == "well" else "down", details)

    def await_addresses(self, on_second=()):
        """Waits until the addresses of these cases are on lb2 alone, and all others on lb1 alone."""
        missing = {}

        def there():
            held = {host.name: host.addresses() for host in self.hosts}
            where = {case: [name for name, has in held.items() if self.address_of(case) + "/24" in has]
                     for case in self.cases}
            missing.clear()
            missing.update({case.name: names for case, names in where.items()
                            if names != ["lb2" if case in on_second else "lb1"]})
            return not missing
        try:
            eventually(there, "", timeout=90, step=0.05)
        except LabError:
            raise LabError(f"addresses that are not where they must be: {missing}") from None


def test_each_way_to_be_unwell_is_named_and_moves_the_address(lab, report):
    site = Site(lab)
    site.lb1.start()
    site.await_details("well")
    site.await_addresses()
    site.lb2.start()
    heard(site.lb2, 2, "fault")
    began = site.break_all()
    site.await_details("unwell")
    site.await_addresses([case for case in site.cases if case.moves])
    took = turned_down(site.lb1, began)
    report(f"{len(took)} checks turned within {min(took.values()):.2f} to {max(took.values()):.2f} s of what broke "
           f"their servers, all at once; {FALL} x {INTERVAL} + {TIMEOUT} is {IN_TIME:.2f} s")
    assert max(took.values()) < IN_TIME + BUSY and len(took) == len(site.cases)
    assert site.lb1.state("fault") == "fault" and site.lb1.state("light") == "active"
    site.heal_all()
    site.await_details("well")
    site.await_addresses()
