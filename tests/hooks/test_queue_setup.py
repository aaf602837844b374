"""queue-handover and what Postfix is told and does around it: setup, settings for others, TLS, tools that hang."""
import re
import shutil
import subprocess

import pytest

from tests.lab import handover
from tests.lab.certificates import Authority
from tests.lab.hooks import hook
from tests.lab.mail_pair import MailPair, timed
from tests.lab.postfix import OWNER, PEERS, can_run
from tests.lab.processes import eventually

pytestmark = pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")


def test_set_up_twice_and_removed(pair):
    pair.mta1.counts(event="backup")
    before = pair.mta1.tool("postconf", "-n").stdout, pair.mta1.tool("postconf", "-M").stdout
    assert pair.mta1.set_up()["mode"] == "backup"
    assert (pair.mta1.tool("postconf", "-n").stdout, pair.mta1.tool("postconf", "-M").stdout) == before
    assert pair.mta1.handover("remove").returncode == 0
    after = pair.mta1.tool("postconf", "-n").stdout + pair.mta1.tool("postconf", "-M").stdout
    bare = after.replace(str(PEERS), "").replace("/tmp/baton", "")  # where this checkout and the lab happen to be
    assert "baton" not in bare and "10025" not in after
    said = pair.mta1.handover(event="backup")
    assert said.returncode == 1 and "on this node run: queue-handover setup" in said.stderr


def files(mta):
    return [(mta.config / name).read_bytes() for name in ("main.cf", "master.cf")]


def answers(pair, mta):
    """Whether its port 25 does."""
    ask = f"import smtplib; print(smtplib.SMTP('{mta.address}', 25, timeout=5).ehlo()[0])"
    return pair.client.run("/usr/bin/python3", "-c", ask, check=False).stdout == "250\n"


CANNOT_LISTEN = {
    "10.0.1.99:10025": "10.0.1.99 is no address of this node",
    "10.0.1.999:10025": "10.0.1.999 is no IP address",
    "10.0.1.10:99999": "a port is a number from 1 to 65535",
    "10.0.1.10:0": "a port is a number from 1 to 65535",
    "10.0.1.10:25": 'master.cf has a service of its own there, "25 inet"',
    "10.0.1.10:10027": "another program has this port",
    "10.0.1.10:10028": 'master.cf has a service of its own there, "10.0.1.10:10028 inet"',
}


@pytest.mark.parametrize("running", [True, False])
def test_set_up_where_nothing_can_listen(pair, running):
    pair.mta1.host.spawn("other", ["/usr/bin/python3", "-m", "http.server", "10027"])
    pair.mta1.tool("postconf", "-M", "10.0.1.10:10028/inet=10.0.1.10:10028 inet n - n - - smtpd")
    eventually(lambda: "10027" in pair.mta1.host.run("ss", "-ltn").stdout, "it listens")
    if not running:
        pair.mta1.stop()
    before = files(pair.mta1)
    for listen, why in CANNOT_LISTEN.items():
        said = pair.mta1.handover("setup", "--listen", listen, "--peer", "10.0.1.11:10025")
        assert said.returncode == 1 and why in said.stderr and f"--listen {listen}" in said.stderr and said.stdout == ""
        assert files(pair.mta1) == before and answers(pair, pair.mta1) == running, listen


def test_set_up_that_has_no_answer_is_taken_back(pair):
    before = files(pair.mta1)
    pair.mta1.tool("postconf", "-P", "25/inet/smtpd_timeout=300s")  # what follows is for the others alone
    pair.mta1.tool("postconf", "-e", "smtpd_timeout=long")
    broken = files(pair.mta1)
    said = pair.mta1.handover("setup", "--listen", "10.0.1.10:10026", "--peer", "10.0.1.11:10026")
    assert said.returncode == 1 and "its service on 10.0.1.10:10026 does not answer" in said.stderr, said.stderr
    assert "main.cf and master.cf are as they were. Postfix runs with these" in said.stderr and said.stdout == ""
    assert files(pair.mta1) == broken != before and answers(pair, pair.mta1)


def wrapped(mta, directory, tool, word, command):
    """The environment in which this command is run first whenever a tool of Postfix is given this word."""
    real = mta.paths["PATH"].split(":")[0]
    file = directory / tool
    file.write_text(f'#!/bin/sh\ncase " $* " in *" {word} "*) {command};; esac\nexec {real}/{tool} "$@"\n')
    file.chmod(0o755)
    return {"PATH": f"{directory}:{mta.paths['PATH']}"}


def test_set_up_that_breaks_off_halfway_is_taken_back(pair, tmp_path):
    pair.mta1.stop()
    before = files(pair.mta1)
    said = pair.mta1.handover("setup", "--listen", "10.0.1.10:10026", "--peer", "10.0.1.11:10026",
                              env=wrapped(pair.mta1, tmp_path, "postconf", "-P", "exit 1"))
    assert said.returncode == 1 and "as they were. Postfix was not running" in said.stderr, said.stderr
    assert files(pair.mta1) == before and not answers(pair, pair.mta1)


def test_removed_with_mails_on_hold(pair):
    """Nobody would know of them any more."""
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    pair.mta2.counts(event="active")
    assert pair.mta1.counts("--keep", "^sender@", event="backup")["held"] == 2
    pair.start_sink()
    assert pair.mta1.handover("remove").returncode == 0
    pair.await_arrival(range(2), timeout=30)


def test_removed_with_mails_on_hold_while_postfix_is_stopped(pair):
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    pair.mta2.counts(event="active")
    assert pair.mta1.counts("--keep", "^sender@", event="backup")["held"] == 2
    pair.mta1.stop()
    said = pair.mta1.handover("remove")  # postsuper, which is no root then, may not write to this log
    assert said.returncode == 1 and "still on hold, and nothing was removed: start Postfix" in said.stderr, said.stderr
    assert pair.mta1.mode() == "backup" and pair.mta1.counts("status", status=1)["held"] == 2 and said.stdout == ""
    shutil.chown(pair.mta1.log, OWNER)
    assert pair.mta1.handover("remove").returncode == 0
    pair.start_sink()
    pair.mta1.start()
    pair.mta1.tool("postqueue", "-f")
    pair.await_arrival(range(2), timeout=30)


def without_state(mta, *words, event=None, env=None):
    """With the state where it is when nobody says where."""
    return hook("queue-handover", *words, event=event, env={**mta.paths, **(env or {})}, host=mta.host)


@pytest.fixture
def var_lib(tmp_path):
    """A folder that is /var/lib in here."""
    subprocess.run(["mount", "--bind", tmp_path, "/var/lib"], check=True)
    yield tmp_path
    subprocess.run(["umount", "/var/lib"], check=True)


def test_two_postfix_on_one_host_have_a_state_each(pair, var_lib):
    """Each with its --config-dir, or MAIL_CONFIG; or the list of one would be lost to the other."""
    one, other = (["--config-dir", mta.config] for mta in (pair.mta1, pair.mta2))
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    assert without_state(pair.mta2, *other, event="active").returncode == 0
    assert without_state(pair.mta1, *one, "--keep", "^sender@", event="backup").returncode == 0
    assert without_state(pair.mta2, *other, event="active").returncode == 0
    names = {f"queue-handover.{str(mta.config)[1:].replace('/', '%2F')}.json.lock" for mta in (pair.mta1, pair.mta2)}
    assert {path.name for path in (var_lib / "baton").glob("*.lock")} == names
    pair.start_sink()
    said = without_state(pair.mta1, event="active", env={"MAIL_CONFIG": str(pair.mta1.config)})
    assert said.returncode == 0 and '"released": 2' in said.stdout, said.stderr
    pair.await_arrival(range(2), timeout=30)


def test_a_state_of_another_postfix_is_not_used(pair, tmp_path):
    def run(mta, *words, event=None):
        return without_state(mta, "--config-dir", mta.config, "--state", tmp_path / "one.json", *words, event=event)
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    pair.mta2.counts(event="active")
    assert run(pair.mta1, "--keep", "^sender@", event="backup").returncode == 0
    said = run(pair.mta2, event="active")
    assert said.returncode == 1 and f"one.json is of the Postfix of {pair.mta1.config}" in said.stderr, said.stderr
    assert "--state" in said.stderr and '"released": 2' in run(pair.mta1, event="active").stdout


def test_another_run_is_waited_for_until_the_deadline(pair):
    """As two instances have it that both run the hook. It was ten seconds, whatever the deadline."""
    pair.send(pair.mta1, 0, 1)
    pair.await_deferred(pair.mta1, 1)
    pair.mta2.stop()
    first = pair.mta1.begin("--deadline", "20s", event="backup")
    eventually(lambda: pair.mta1.mode() == "backup", "the first is at work")
    said = pair.mta1.handover("--deadline", "1s", event="backup")
    assert said.returncode == 1 and "another queue-handover is at work" in said.stderr and "for all of 1 s" in said.stderr
    second = pair.mta1.begin("--deadline", "100s", event="backup")
    first.communicate(timeout=120)
    pair.mta2.start()
    pair.mta2.counts(event="active")
    out, told = second.communicate(timeout=150)
    assert second.returncode == 0 and '"handed_over": 1' in out, told


def test_set_up_that_ends_postfix_is_taken_back(pair, tmp_path):
    """The address goes between the look and the reload; a master that cannot listen ends."""
    pair.mta1.host.run("ip", "address", "add", "10.0.1.12/24", "dev", "eth0")
    before = files(pair.mta1)
    said = pair.mta1.handover("setup", "--listen", "10.0.1.12:10025", "--peer", "10.0.1.11:10025",
                              env=wrapped(pair.mta1, tmp_path, "postfix", "reload", "ip address del 10.0.1.12/24 dev eth0"))
    assert said.returncode == 1 and "Postfix has ended after it was reloaded" in said.stderr, said.stderr
    assert "had ended, was started again" in said.stderr and said.stdout == ""
    assert files(pair.mta1) == before and answers(pair, pair.mta1)
    pair.mta1.postfix("stop")


def test_set_up_where_postfix_listens_to_one_family(lab):
    pair = MailPair(lab, {"inet_protocols": "ipv4"})
    pair.mta1.host.enable_ipv6("fd00::10/64")
    words = ["setup", "--listen", "[fd00::10]:10026", "--peer", "[fd00::11]:10026"]
    before = files(pair.mta1)
    said = pair.mta1.handover(*words)
    assert said.returncode == 1 and "main.cf has inet_protocols = ipv4" in said.stderr and files(pair.mta1) == before
    assert answers(pair, pair.mta1)


SHORT = [("maximal_queue_lifetime", "0"), ("maximal_queue_lifetime", "59m"), ("bounce_queue_lifetime", "0s"),
         ("bounce_queue_lifetime", "$maximal_queue_lifetime")]


@pytest.mark.parametrize("name, value", SHORT)
def test_set_up_where_mails_that_wait_are_returned(pair, name, value):
    """As they are to their sender when they are older than this: a peer that is not active yet would be reason enough."""
    changed(pair.mta1, {"maximal_queue_lifetime": "1h", "bounce_queue_lifetime": "1h"})
    pair.mta1.set_up()
    changed(pair.mta1, {"maximal_queue_lifetime": "30m", name: value} if "$" in value else {name: value})
    before = files(pair.mta1)
    said = pair.mta1.handover("setup", "--listen", "10.0.1.10:10025", "--peer", "10.0.1.11:10025")
    assert said.returncode == 1 and "Nothing was set up" in said.stderr and files(pair.mta1) == before
    assert f'main.cf has "{"maximal_queue_lifetime = 30m" if "$" in value else f"{name} = {value}"}"' in said.stderr
    assert "Give it 1h or more" in said.stderr


def test_set_up_where_qmgr_has_a_lifetime_of_its_own(pair):
    pair.mta1.tool("postconf", "-P", "qmgr/unix/bounce_queue_lifetime=0")
    said = pair.mta1.handover("setup", "--listen", "10.0.1.10:10025", "--peer", "10.0.1.11:10025")
    assert said.returncode == 1 and 'master.cf, for qmgr, has "bounce_queue_lifetime = 0"' in said.stderr


@pytest.mark.parametrize("first", [None, "backup"])
@pytest.mark.parametrize("event", ["release", "backup"])
def test_nothing_is_handed_over_where_it_would_be_returned(pair, event, first):
    """A lifetime that was made short after the setup, on a node that delivers or on one that hands over (`first`)."""
    pair.mta2.counts(event="backup")
    pair.send(pair.mta1, 0, 5)
    pair.await_deferred(pair.mta1, 5)
    if first:
        pair.mta1.handover("--deadline", "1s", event=first)
    changed(pair.mta1, {"maximal_queue_lifetime": "0"})
    pair.start_sink()
    said = pair.mta1.handover(event=event)
    assert said.returncode == 1 and 'main.cf has "maximal_queue_lifetime = 0"' in said.stderr, said.stderr
    assert "Nothing is handed over; this node delivers its queue itself" in said.stderr
    assert '"mode": "active", "complete": false' in said.stdout and pair.mta1.mode() == "active"
    assert pair.mta1.handover("status").returncode == 1
    pair.mta1.tool("postqueue", "-f")
    pair.await_arrival(range(5), timeout=30)
    assert "status=expired" not in pair.mta1.said() + pair.mta2.said()


def test_postfix_that_is_not_running(pair):
    pair.send(pair.mta1, 0, 3)
    pair.await_deferred(pair.mta1, 3)
    pair.mta1.stop()
    said = pair.mta1.handover(event="backup")
    assert said.returncode == 1 and "Postfix is not running" in said.stderr and pair.mta1.mode() == "backup"
    pair.mta2.counts(event="active")
    pair.mta1.start()
    pair.start_sink()
    assert pair.mta1.counts(event="backup")["left"] == 0
    pair.mta2.tool("postqueue", "-f")
    assert handover.outcome(pair, range(3), 0, 0).doubled == 0


def test_others_get_nothing_in(pair):
    """The service is for the peer alone."""
    pair.mta2.counts(event="active")
    send = "import smtplib; s = smtplib.SMTP('10.0.1.11', 10025, 'client.lab'); s.sendmail('a@x.lab', ['b@example.net'], 'x')"
    said = pair.client.run("/usr/bin/python3", "-c", send, check=False)
    assert said.returncode == 1 and "Access denied" in said.stderr and pair.mta2.waiting() == []


FOR_OTHERS = {
    "smtpd_upstream_proxy_protocol": "haproxy",
    "smtpd_command_filter": "static:NOOP",
    "smtpd_client_connection_rate_limit": "3",
    "smtpd_client_message_rate_limit": "3",
    "smtpd_client_event_limit_exceptions": "",
    "smtpd_recipient_limit": "10",
    "smtpd_reject_unlisted_sender": "yes",
    "smtpd_client_restrictions": "reject",
    "smtpd_sender_restrictions": "reject",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_milters": "inet:10.0.1.60:1",  # nobody is there
    "local_recipient_maps": "inline:{root=x}",
}


def changed(mta, settings):
    mta.tool("postconf", "-e", *(f"{name}={value}" for name, value in settings.items()))
    mta.postfix("reload")


def test_what_main_cf_has_for_others_is_none_of_the_peers_business(pair):
    pair.send(pair.mta1, 0, 12)
    pair.send(pair.mta1, 12, 1, "nobody.here@example.org")
    pair.send(pair.mta1, 13, 1, "a@client.lab", *(f"user{number}@example.net" for number in range(45)))
    pair.await_deferred(pair.mta1, 14)
    for mta in (pair.mta1, pair.mta2):
        changed(mta, FOR_OTHERS)
    pair.mta2.counts("--deadline", "20s", event="backup")
    assert pair.mta1.counts("--deadline", "20s", event="release")["handed_over"] == 14
    pair.start_sink()
    pair.mta2.counts(event="active")
    pair.await_arrival(range(14))
    assert len(pair.lines()) == 14 and not re.search("reject: (MAIL|RCPT)|rate limit", pair.mta2.said())


def certificate(lab):
    """What main.cf says of one."""
    issued = Authority(lab.network.directory).issue("mta.lab")
    issued.key.chmod(0o600)
    return {"smtpd_tls_cert_file": issued.certificate, "smtpd_tls_key_file": issued.key}


# Of its queue manager, for all destinations; relays that throttle have them.
SLOW = {
    "default_destination_rate_delay": "5s", "default_transport_rate_delay": "5s", "default_destination_recipient_limit": "1",
    "default_destination_concurrency_limit": "1", "initial_destination_concurrency": "1",
}


def test_limits_for_other_destinations_do_not_slow_a_handover(pair):
    pair.send(pair.mta1, 0, 30)
    pair.send(pair.mta1, 30, 1, "a@client.lab", *(f"user{number}@example.net" for number in range(20)))
    pair.await_deferred(pair.mta1, 31)
    changed(pair.mta1, SLOW)
    pair.mta2.counts(event="backup")
    assert pair.mta1.counts("--deadline", "30s", event="release")["handed_over"] == 31
    assert len(pair.mta2.waiting()) == 31  # and the last in one piece


@pytest.mark.parametrize("level, wrapped, encrypted", [("none", "no", False), ("may", "yes", True), ("encrypt", "no", True)])
def test_where_clients_must_use_tls(lab, level, wrapped, encrypted):
    """Whether the peers do is as the one that sends has it (`level`)."""
    pair = MailPair(lab)
    pair.send(pair.mta1, 0, 3)
    pair.await_deferred(pair.mta1, 3)
    demanding = {**certificate(lab), "smtpd_tls_security_level": "encrypt", "smtpd_tls_wrappermode": wrapped,
                 "smtp_tls_security_level": level, "smtpd_tls_received_header": "yes", "smtpd_tls_loglevel": "1"}
    for mta in (pair.mta1, pair.mta2):
        changed(mta, demanding)
    pair.mta2.counts(event="active")
    assert pair.mta1.counts("status")["peer_takes_now"] is True
    assert pair.mta1.counts("--deadline", "15s", event="release")["handed_over"] == 3
    assert ("TLS connection established from unknown[10.0.1.10]" in pair.mta2.said()) == encrypted


@pytest.mark.parametrize("level, takes", [("none", False), ("may", True)])
def test_a_peer_whose_service_demands_tls(lab, level, takes):
    """One set up by an older queue-handover, or so changed."""
    pair = MailPair(lab)
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    changed(pair.mta2, certificate(lab))
    pair.mta2.tool("postconf", "-P", "10.0.1.11:10025/inet/smtpd_tls_security_level=encrypt")
    changed(pair.mta1, {"smtp_tls_security_level": level})
    pair.mta2.counts(event="active")
    said = pair.mta1.handover("--deadline", "8s", event="backup")
    assert (said.returncode == 0) == takes and '"held": 0' in said.stdout, said.stderr
    assert ("Must issue a STARTTLS command first" in said.stderr) != takes


def test_a_peer_that_has_no_tls_for_a_node_that_demands_it(pair):
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    changed(pair.mta1, {"smtp_tls_security_level": "encrypt"})
    for words, event in ((["status"], None), (["--deadline", "3s"], "backup"), (["--deadline", "3s"], "release")):
        said = pair.mta1.handover(*words, event=event)
        assert said.returncode == 1 and "smtp_tls_security_level = encrypt" in said.stderr, said.stderr
        assert "it offers no TLS" in said.stderr and ('"peer_takes_now": false' in said.stdout) == (event is None)
    pair.mta1.tool("postconf", "-P", "baton-handover/unix/smtp_tls_security_level=none")  # for this alone
    pair.mta1.postfix("reload")
    assert pair.mta1.counts(event="release")["handed_over"] == 2


def test_active_does_what_it_can_without_its_service(pair):
    """And says that the peer's mails do not come in."""
    pair.send(pair.mta1, 0, 3)
    pair.send(pair.mta1, 3, 2, "keep@client.lab")
    pair.await_deferred(pair.mta1, 5)
    pair.mta2.counts(event="active")
    pair.mta2.stop()
    assert pair.mta1.counts("--keep", "^keep@", "--deadline", "1s", event="backup", status=1)["held"] == 2
    pair.mta1.tool("postconf", "-P", "10.0.1.10:10025/inet/smtpd_upstream_proxy_protocol=haproxy")  # as set up long ago
    pair.start_sink()
    said = pair.mta1.handover(event="active")
    assert said.returncode == 1 and '"mode": "active"' in said.stdout and '"released": 2' in said.stdout
    assert "delivers its own queue, but the peer cannot hand over to it" in said.stderr and "421" in said.stderr
    assert "set it up again: queue-handover setup" in said.stderr
    pair.await_arrival(range(5), timeout=20)
    assert pair.mta1.handover("remove").returncode == 0  # nor needs it there


@pytest.mark.parametrize("event, mode", [("release", "active"), ("fault", "backup")])
def test_a_deadline_holds_when_its_own_service_is_out_of_reach(pair, event, mode):
    """As the address is whose link has gone. By --help the hook's timeout is 20 s longer."""
    pair.send(pair.mta1, 0, 2)
    pair.await_deferred(pair.mta1, 2)
    pair.mta1.host.run("ip", "address", "flush", "dev", "eth0")
    said, counts, seconds = timed(pair.mta1, "--deadline", "2s", event=event)
    assert said.returncode == 1 and "its service on 10.0.1.10:10025 does not answer" in said.stderr
    assert (counts["mode"], counts["left"], counts["complete"]) == (mode, 2, False) and pair.mta1.mode() == mode
    assert seconds < 20 and pair.mta1.running()


@pytest.mark.parametrize("stuck", ["postqueue -j", "postqueue -i", "postfix reload", "postqueue -f"])
def test_a_deadline_holds_when_a_tool_of_postfix_is_stuck(pair, tmp_path, stuck):
    pair.send(pair.mta1, 0, 8)
    pair.await_deferred(pair.mta1, 8)
    pair.mta2.counts(event="active")
    if stuck == "postqueue -f":
        pair.mta2.stop()  # for it is used when delivery is taken back
    said, counts, seconds = timed(pair.mta1, "--deadline", "3s", event="release",
                                  env=wrapped(pair.mta1, tmp_path, *stuck.split(), "exec sleep 100"))
    assert said.returncode == 1 and stuck.split()[0] in said.stderr and "did not end within" in said.stderr, said.stderr
    assert counts["complete"] is False and counts["mode"] == pair.mta1.mode() == "active" and seconds < 23
