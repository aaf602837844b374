"""queue-handover with two real Postfix: nothing is lost, nothing is doubled, nothing goes round."""
import random
import re
import signal

import pytest

from tests.lab import handover
from tests.lab.hooks import hook
from tests.lab.mail_pair import PORT, MailPair, timed
from tests.lab.postfix import can_run
from tests.lab.processes import eventually, program

pytestmark = pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")
MAILS, LOAD = 300, 300


def reported(report, found):
    report(f"{found.mails} mails, {found.handed_over} handed over in {found.seconds:.1f} s, {found.doubled} doubled, "
           f"at most {found.most_hops} hosts passed")
    return found


@pytest.mark.parametrize("event", ["release", "stop"])
def test_planned_under_load_each_mail_arrives_once(pair, report, event):
    found = reported(report, handover.planned(pair, event, MAILS, LOAD))
    assert found.handed_over >= MAILS and found.doubled == 0 and found.most_hops == 2


def test_forced_under_load_each_mail_arrives_once(pair, report):
    found = reported(report, handover.forced(pair, MAILS, LOAD))
    assert found.handed_over >= MAILS and found.doubled == 0


def test_a_hook_that_is_killed_again_and_again_loses_and_doubles_nothing(pair, report):
    found, counts = handover.killed_hooks(pair, MAILS, random.Random(5), kills=6)
    reported(report, found)
    assert found.doubled == 0 and counts["left"] == 0 and counts["held"] == 0


@pytest.mark.parametrize("who", ["giver", "taker"])
def test_a_postfix_that_is_killed_in_the_middle_loses_nothing(pair, report, who):
    reported(report, handover.killed_postfix(pair, pair.mta1 if who == "giver" else pair.mta2, MAILS, LOAD))


def test_events_at_random_send_no_mail_round(pair, report):
    found = reported(report, handover.flapping(pair, random.Random(7), 40, rounds=6))
    assert found.doubled == 0 and found.handed_over > 0 and 2 <= found.most_hops <= 2 + 6


def test_two_that_are_not_active_take_nothing_from_each_other(pair):
    for mta, first in ((pair.mta1, 0), (pair.mta2, 10)):
        pair.send(mta, first, 10)
        pair.await_deferred(mta, 10)
    for mta in (pair.mta1, pair.mta2):
        said = mta.handover("--deadline", "1s", event="backup")
        if mta is pair.mta2:
            assert said.returncode == 1 and "this node is not the active one" in said.stderr
    queued = pair.mta1.waiting() + pair.mta2.waiting()
    assert len(queued) == 20
    said = pair.mta1.handover("--deadline", "1s", event="fault")
    assert said.returncode == 1 and "Postfix goes on by itself" in said.stderr
    # One becomes active, and all of it is delivered.
    pair.start_sink()
    pair.mta2.counts(event="active")
    assert pair.mta1.counts(event="backup")["complete"]
    found = handover.outcome(pair, range(20), 0, 0)
    assert found.doubled == 0


def test_what_comes_in_while_the_peer_is_not_active_yet(pair):
    pair.mta2.counts(event="backup")
    pair.send(pair.mta1, 0, 1)
    pair.await_deferred(pair.mta1, 1)
    running = pair.mta1.begin(event="backup")
    eventually(lambda: "reject: EHLO from unknown[10.0.1.10]" in pair.mta2.said(), "it has asked the peer")
    pair.send(pair.mta1, 1, 5)
    pair.await_deferred(pair.mta1, 6)
    pair.start_sink()
    pair.mta2.counts(event="active")
    out, said = running.communicate(timeout=120)
    assert running.returncode == 0 and '"handed_over": 6, "left": 0' in out, said
    assert handover.outcome(pair, range(6), 0, 0).doubled == 0


def test_a_mail_on_its_way_to_a_peer_that_has_fallen_silent(pair):
    """As one that has lost its power: active delivers what it never answered for."""
    pair.mta2.stop()
    silent = pair.mta2.host.spawn("silent", program("misbehave", f"{PORT}:smtp:silence:3"))
    eventually(lambda: silent.require_running() or "ready" in silent.output(), "it listens")
    pair.mta1.counts(event="backup")
    pair.mta1.tool("postconf", "-P", "baton-handover/unix/smtp_rcpt_timeout=10s")
    pair.mta1.postfix("reload")
    silent.signal(signal.SIGUSR1)
    pair.send(pair.mta1, 0, 1)
    eventually(lambda: pair.mta1.waiting("active"), "it is on its way")
    pair.start_sink()
    pair.mta1.counts(event="active")
    pair.await_arrival([0], timeout=30)


def test_no_word_of_the_peer_is_awaited_for_minutes(pair):
    told = pair.mta1.tool("postconf", "-P", "baton-handover/unix").stdout
    limits = dict(re.findall(r"/smtp_(\w+)_timeout = (\d+)s$", told, re.MULTILINE))
    assert set(limits) == {"connect", "helo", "mail", "rcpt", "data_init", "data_xfer", "data_done", "quit"}
    assert max(map(int, limits.values())) == 60


def test_a_release_that_fails_takes_delivery_back(pair):
    pair.send(pair.mta1, 0, 10)
    pair.await_deferred(pair.mta1, 10)
    pair.mta2.stop()
    pair.start_sink()
    said = pair.mta1.handover("--deadline", "1s", event="release")
    assert said.returncode == 1 and "10 of 10 mails were not handed to 10.0.1.11:10025: Connection refused" in said.stderr
    assert "this node delivers again itself" in said.stderr and '"mode": "active"' in said.stdout
    assert pair.mta1.mode() == "active"
    assert handover.outcome(pair, range(10), 0, 0, pair.mta1).doubled == 0


def test_a_release_that_is_told_to_end_takes_delivery_back(pair):
    pair.send(pair.mta1, 0, 10)
    pair.await_deferred(pair.mta1, 10)
    pair.mta2.stop()
    running = pair.mta1.begin("--deadline", "5m", event="release")
    eventually(lambda: "refused" in pair.mta1.said() and pair.mta1.mode() == "releasing", "it is at work")
    running.send_signal(signal.SIGTERM)
    out, said = running.communicate(timeout=120)
    assert running.returncode == 1 and "told to end" in said and '"left": 10' in out
    assert pair.mta1.mode() == "active"


def test_what_the_peer_refuses_is_held_and_not_bounced(lab):
    pair = MailPair(lab)
    pair.mta2.counts(event="active")
    pair.mta2.tool("postconf", "-e", "smtpd_reject_unlisted_recipient=yes")
    pair.mta2.tool("postconf", "-P", "10.0.1.11:10025/inet/smtpd_recipient_restrictions=" +
                   "check_recipient_access,inline:{never@example.net=reject},permit_mynetworks,reject")
    pair.mta2.postfix("reload")
    pair.mta2.counts(event="active")
    pair.send(pair.mta1, 0, 5)
    pair.send(pair.mta1, 5, 1, "sender@client.lab", "never@example.net")
    pair.send(pair.mta1, 6, 1, "sender@client.lab", "operator@example.net")
    pair.await_deferred(pair.mta1, 7)
    operators = next(mail["queue_id"] for mail in pair.mta1.waiting()
                     if mail["recipients"][0]["address"] == "operator@example.net")
    pair.mta1.tool("postsuper", "-h", operators)
    said = pair.mta1.handover(event="backup")
    assert said.returncode == 0 and '"handed_over": 5, "left": 0, "held": 1' in said.stdout
    assert "1 mails were refused by 10.0.1.11:10025 for good and are on hold" in said.stderr and "554" in said.stderr
    assert {mail["queue_name"] for mail in pair.mta1.waiting()} == {"hold"} and "status=bounced" not in pair.mta1.said()
    # Again: the same.
    assert pair.mta1.counts(event="backup")["held"] == 1
    # Active: what the hook held is delivered, what the operator held stays.
    pair.start_sink()
    pair.mta2.tool("postqueue", "-f")
    assert pair.mta1.counts(event="active")["released"] == 1
    pair.await_arrival(range(6))
    assert [mail["queue_id"] for mail in pair.mta1.waiting()] == [operators]
    pair.mta1.tool("postsuper", "-H", operators)
    pair.mta1.tool("postqueue", "-f")
    assert handover.outcome(pair, range(7), 0, 0).doubled == 0


def refusing(mta, recipients):
    """Its service answers so to these."""
    mta.tool("postconf", "-P", f"{mta.address}:{PORT}/inet/smtpd_recipient_restrictions=check_recipient_access,"
             f"inline:{{{','.join(f'{{{one}={said}}}' for one, said in recipients.items())}}},permit_mynetworks,reject")
    mta.postfix("reload")


def test_a_release_hands_over_what_is_not_refused(pair):
    refusing(pair.mta2, {"never@example.net": "reject", "later@example.net": "450"})
    pair.send(pair.mta1, 0, 5)
    pair.send(pair.mta1, 5, 1, "sender@client.lab", "later@example.net", "fine@example.net", "never@example.net")
    pair.await_deferred(pair.mta1, 6)
    pair.mta2.counts("--deadline", "20s", event="backup")
    said, counts, seconds = timed(pair.mta1, "--deadline", "60s", event="release")
    assert said.returncode == 0 and seconds < 25, said.stderr  # and not the whole deadline
    assert (counts["handed_over"], counts["left"], counts["held"], counts["refused"]) == (5, 0, 1, 1)
    assert "1 mails were refused by 10.0.1.11:10025 for good and are on hold" in said.stderr
    assert re.search("the first: .*never@example.net.*: 554|the first: .* said: 554", said.stderr), said.stderr
    # It stays where it is, and is delivered by this node when it is active again.
    assert pair.mta1.counts(event="active")["released"] == 1
    pair.start_sink()
    pair.mta1.tool("postqueue", "-f")
    pair.await_arrival([5])


def test_a_release_to_a_peer_that_refuses_everything_fails_at_once(pair):
    refusing(pair.mta2, {"example.net": "reject"})
    pair.send(pair.mta1, 0, 5)
    pair.await_deferred(pair.mta1, 5)
    pair.mta2.counts("--deadline", "20s", event="backup")
    said, counts, seconds = timed(pair.mta1, "--deadline", "60s", event="release")
    assert said.returncode == 1 and seconds < 25
    assert "5 of 5 mails were not handed to 10.0.1.11:10025: it refuses for good what it is offered" in said.stderr
    assert (counts["mode"], counts["handed_over"], counts["left"], counts["refused"]) == ("active", 0, 5, 5)
    assert pair.mta1.waiting("hold") == []


def test_a_mail_that_is_too_big_for_the_peer_is_held(pair):
    pair.mta2.tool("postconf", "-e", "message_size_limit=2000")
    pair.mta2.counts(event="active")
    send = ("import smtplib; s = smtplib.SMTP('10.0.1.10', 25, 'client.lab'); s.sendmail('a@client.lab', ['b@example.net'], "
            "'X-Number: 0\\r\\n\\r\\n' + ('x' * 70 + '\\r\\n') * 80)")
    pair.client.run("/usr/bin/python3", "-c", send)
    pair.await_deferred(pair.mta1, 1)
    said = pair.mta1.handover(event="backup")
    assert said.returncode == 0 and '"left": 0, "held": 1' in said.stdout and "size limit" in said.stderr


def test_priority(pair):
    pair.start_sink()
    pair.mta1.tool("postconf", "-e", "relayhost=[10.0.1.60]:26")  # nobody is there
    pair.mta1.postfix("reload")
    senders = ["news@client.lab", "Alerts@client.lab", "bank@client.lab"]
    for number in range(15):
        pair.send(pair.mta1, number, 1, senders[number % 3])
    pair.await_deferred(pair.mta1, 15)
    pair.mta2.counts(event="active")
    pair.mta1.counts("--batch", "5", "--first", "^alerts@", "--first", "^bank@", event="backup")
    pair.await_arrival(range(15))
    order = [int(line.split()[0]) for line in pair.lines()]
    assert {number % 3 for number in order[:5]} == {1}
    assert {number % 3 for number in order[5:10]} == {2}


def test_what_is_kept_stays_until_active(pair):
    pair.send(pair.mta1, 0, 3)
    pair.send(pair.mta1, 3, 2, "sender@client.lab", "root@mta1.example.net")
    pair.await_deferred(pair.mta1, 5)
    pair.mta2.counts(event="active")
    counts = pair.mta1.counts("--keep", r"^root@mta1\.", event="backup")
    assert (counts["handed_over"], counts["held"], counts["left"], counts["complete"]) == (3, 2, 0, True)
    assert len(pair.mta1.waiting("hold")) == 2
    pair.start_sink()
    pair.mta2.tool("postqueue", "-f")
    assert pair.mta1.counts(event="active")["released"] == 2
    assert handover.outcome(pair, range(5), 0, 0).doubled == 0


def test_a_mail_for_several_of_whom_some_have_it(pair):
    """What Postfix knows of a mail stays with the mail: nobody gets it twice."""
    pair.start_sink()
    pair.mta1.tool("postconf", "-e", "relayhost=",
                   "transport_maps=$baton_handover_forward inline:{first.lab=smtp:[10.0.1.60]:25}",
                   "default_transport=smtp:[10.0.1.60]:26")  # where nobody is
    pair.mta1.postfix("reload")
    pair.send(pair.mta1, 0, 1, "sender@client.lab", "a@first.lab", "b@second.lab")
    pair.await_deferred(pair.mta1, 1)
    pair.await_arrival([0])
    pair.mta2.counts(event="active")
    assert pair.mta1.counts(event="backup")["handed_over"] == 1
    eventually(lambda: pair.arrived()[0] == 2 and pair.mta2.waiting() == [], "the other one has it too")
    assert pair.mta1.tool("postconf", "-h", "transport_maps").stdout.startswith("$baton_handover_forward inline:")



def test_over_ipv6(pair):
    pair.mta1.host.enable_ipv6("fd00::10/64")
    pair.mta2.host.enable_ipv6("fd00::11/64")
    pair.mta1.counts("setup", "--listen", "[fd00::10]:10026", "--peer", "[fd00::11]:10026")
    pair.mta2.counts("setup", "--listen", "[fd00::11]:10026", "--peer", "[fd00::10]:10026")
    pair.send(pair.mta1, 0, 3)
    pair.await_deferred(pair.mta1, 3)
    pair.mta2.counts(event="backup")
    assert pair.mta1.counts(event="release")["handed_over"] == 3
    pair.start_sink()
    pair.mta2.counts(event="active")
    assert handover.outcome(pair, range(3), 0, 0).doubled == 0
    assert "[fd00::11]:10026" in pair.mta1.said() and "10025" not in pair.mta1.tool("postconf", "-M").stdout


def test_status(pair):
    told = pair.mta1.counts("status")
    assert (told["mode"], told["peer"], told["peer_takes_now"], told["held"]) == ("active", "10.0.1.11:10025", True, 0)
    pair.mta2.counts("--deadline", "1s", event="backup")
    assert pair.mta1.counts("status")["peer_takes_now"] is True  # for a release
    pair.mta2.stop()
    said = pair.mta1.handover("status")
    assert said.returncode == 1 and "10.0.1.11:10025 does not take mails: Connection refused" in said.stderr
    said = pair.mta2.handover("status")
    assert said.returncode == 1 and '"running": false' in said.stdout and "Postfix is not running here" in said.stderr


def test_where_nobody_delivers_it_is_told(pair):
    """batond is stopped on one node after the other, and no mail is queued."""
    counts = pair.mta1.counts("--deadline", "5s", event="stop")
    assert (counts["complete"], counts["peer_mode"]) == (True, "active")
    assert pair.mta1.counts("status")["delivers"] == "the peer"
    said, counts, _ = timed(pair.mta2, "--deadline", "2s", event="stop")
    assert said.returncode == 1 and (counts["complete"], counts["left"], counts["peer_mode"]) == (False, 0, "releasing")
    assert "no mail is left, but those that come in are not handed to 10.0.1.10:10025: 450" in said.stderr
    assert "to have one do so without batond run there: queue-handover active" in said.stderr
    for mta in (pair.mta1, pair.mta2):
        said = mta.handover("status")
        assert said.returncode == 1 and '"delivers": "nobody"' in said.stdout and "nobody delivers" in said.stderr
    pair.start_sink()
    pair.send(pair.mta1, 0, 2)
    pair.send(pair.mta2, 2, 2)
    eventually(lambda: len(pair.mta1.waiting("deferred")) == len(pair.mta2.waiting("deferred")) == 2, "they wait")
    assert pair.mta2.counts(event="active")["now"]["total"] == 0  # as the message says
    assert pair.mta1.counts(event="stop")["complete"] is True
    pair.await_arrival(range(4), timeout=30)
    assert [pair.mta1.counts("status")["delivers"], pair.mta2.counts("status")["delivers"]] == ["the peer", "this node"]


def test_a_peer_that_takes_and_keeps_does_not_deliver(pair):
    """batond is stopped on one node; on the other it was killed while it was backup."""
    pair.mta2.counts("--deadline", "20s", event="backup")
    assert pair.mta1.counts("--deadline", "20s", event="stop")["peer_mode"] == "backup"
    said = pair.mta1.handover("status")
    assert said.returncode == 1 and '"delivers": "nobody"' in said.stdout and '"peer_takes_now": true' in said.stdout
    assert "it takes them and keeps them" in said.stderr


@pytest.mark.parametrize("event", ["stop", "release"])
def test_without_a_peer_nothing_is_complete(pair, event):
    pair.mta2.stop()
    said, counts, _ = timed(pair.mta1, "--deadline", "2s", event=event)
    assert said.returncode == 1 and (counts["complete"], counts["peer_mode"]) == (False, None)
    assert "Connection refused" in said.stderr and pair.mta1.mode() == ("active" if event == "release" else "releasing")



def test_two_at_a_time(pair):
    pair.send(pair.mta1, 0, 1)
    first = pair.mta1.begin("--deadline", "20s", event="backup")
    pair.mta2.stop()
    eventually(lambda: pair.mta1.mode() == "backup", "the first is at work")
    said = pair.mta1.handover("--deadline", "1s", event="backup")
    assert said.returncode == 1 and "another queue-handover is at work" in said.stderr
    first.terminate()
    first.communicate(timeout=60)


def test_a_state_file_that_is_damaged(pair):
    (pair.mta1.directory / "handover" / "state.json").write_text("{")
    said = pair.mta1.handover(event="active")
    assert said.returncode == 1 and "If it is damaged, remove it" in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize("words, status", [(["setup"], 2), (["--first", "("], 2), (["--batch", "0", "backup"], 2), ([], 2),
                                           (["setup", "--listen", "mta1:10025", "--peer", "10.0.1.11:10025"], 1)])
def test_what_it_is_not_told(tmp_path, words, status):
    said = hook("queue-handover", *words, "--state", tmp_path / "state.json")
    assert said.returncode == status and "Traceback" not in said.stderr


def test_without_postfix(tmp_path):
    said = hook("queue-handover", "backup", "--state", tmp_path / "state.json")
    assert said.returncode == 1 and "is Postfix installed?" in said.stderr


def test_before_active_is_no_matter(pair):
    assert pair.mta1.handover(event="before_active").returncode == 0
    assert pair.mta1.mode() == "active"
