"""Native checks against the real thing: what they find, how they say it, and where the address goes."""
import os
import signal

from tests.lab.batond import configuration
from tests.lab.processes import eventually
from tests.lab.services import Haproxy, MailSink
from tests.netns.conftest import await_holder, heard


def haproxy_check(haproxy, **settings):
    return {"type": "haproxy", "socket": str(haproxy.socket), "backend": "mail_backend", "interval": "500ms",
            "timeout": "500ms", **settings}


def site(lab, **settings):
    """lb1 with HAProxy before two mail servers, watched by batond; lb2, which stands in. lb1 is active."""
    sinks = [MailSink(lab.host("mail1", "10.0.1.10/24")), MailSink(lab.host("mail2", "10.0.1.11/24"))]
    host = lab.host("lb1", "10.0.1.2/24")
    haproxy = Haproxy(host).start()
    lb1 = lab.batond(host, configuration("lb1", priority=101, advert_interval="100ms",
                                         checks={"haproxy": haproxy_check(haproxy, **settings)},
                                         track=[{"check": "haproxy", "weight": -20}]))
    lb2 = lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms")
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2, haproxy, sinks


def last(daemon, check=0):
    return daemon.status()["checks"][check]["last"]


def says(daemon, *words, ok=False):
    """Waits for a result with these words, and gives its detail."""
    def seen():
        result = last(daemon)
        return result["ok"] == ok and all(word in result["detail"] for word in words) and result["detail"]
    return eventually(seen, f"the check says {', '.join(words)}")


def test_haproxy_with_all_servers_up(lab):
    lb1, _, _, _ = site(lab, frontends=["mail"])
    says(lb1, "backend mail_backend: 2 of 2 servers up", ok=True)
    check = lb1.status()["checks"][0]
    assert (check["name"], check["type"], check["state"]) == ("haproxy", "haproxy", "up")
    assert check["last"]["duration_ms"] >= 0


def test_a_server_in_maintenance_moves_the_address_where_the_weight_says(lab):
    lb1, lb2, haproxy, _ = site(lab, min_up=2, fall=2, rise=2)
    haproxy.command("disable server mail_backend/mail1")
    assert "1 of 2 servers up" in says(lb1, "mail1: MAINT")
    assert lb2.wait_state("active")["reason_code"] == "peer_lowered"
    await_holder(lb2, lb1)
    haproxy.command("enable server mail_backend/mail1")
    lb1.wait_state("active")
    await_holder(lb1, lb2)


def test_a_draining_server_and_a_dead_one_are_not_up(lab):
    lb1, _, haproxy, sinks = site(lab, min_up=2)
    haproxy.command("set server mail_backend/mail2 state drain")
    says(lb1, "1 of 2 servers up", "mail2: DRAIN")
    haproxy.command("set server mail_backend/mail2 state ready")
    says(lb1, "2 of 2 servers up", ok=True)
    sinks[0].kill()
    says(lb1, "1 of 2 servers up", "mail1: DOWN", "Connection refused")


def test_backup_servers_count_unless_told_not_to(lab):
    lb1, _, _, _ = site(lab, min_up=1, count_backup=False)
    says(lb1, "backend mail_backend: 1 of 1 ", ok=True)


def test_a_backend_that_is_not_there(lab):
    lb1, _, _, _ = site(lab, backend="nail_backend")
    says(lb1, "there is no backend nail_backend", "mail_backend")


def test_haproxy_that_ends_hangs_or_is_gone(lab):
    lb1, lb2, haproxy, _ = site(lab)
    says(lb1, "2 of 2", ok=True)
    worker = haproxy.worker()
    os.kill(worker, signal.SIGSTOP)
    try:
        says(lb1, "timed out after 500ms", "no whole answer")
        lb2.wait_state("active")
        await_holder(lb2, lb1)
    finally:
        os.kill(worker, signal.SIGCONT)
    says(lb1, "2 of 2", ok=True)
    lb1.wait_state("active")
    haproxy.stop()
    says(lb1, str(haproxy.socket))
    lb2.wait_state("active")
    await_holder(lb2, lb1)


def test_the_priority_follows_the_part_of_the_servers_that_are_up(lab):
    sinks = [MailSink(lab.host("mail1", "10.0.1.10/24")), MailSink(lab.host("mail2", "10.0.1.11/24"))]
    host = lab.host("lb1", "10.0.1.2/24")
    haproxy = Haproxy(host).start()
    track = [{"check": "haproxy", "weight": -40, "proportional": True}]
    lb1 = lab.batond(host, configuration("lb1", priority=101, advert_interval="100ms", track=track,
                                         checks={"haproxy": haproxy_check(haproxy)}))
    lb1.start().wait_state("active")
    assert lb1.instance()["priority"]["effective"] == 101
    haproxy.command("set server mail_backend/mail1 state maint")
    eventually(lambda: lb1.instance()["priority"]["effective"] == 81, "half of the weight counts")
    assert lb1.status()["checks"][0]["state"] == "up"
    haproxy.command("set server mail_backend/mail2 state maint")
    eventually(lambda: lb1.instance()["priority"]["effective"] == 61, "all of the weight counts")
    del sinks


def test_a_check_is_set_by_hand(lab):
    lb1, lb2, _, _ = site(lab)
    assert lb1.ctl("check", "haproxy", "down").stdout == (
        'check haproxy counts as down, until you say "auto" or batond ends\n')
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    check = lb1.status()["checks"][0]
    assert (check["state"], check["set_by_hand"], check["last"]["ok"]) == ("down", "down", True)
    assert "set by hand" in lb1.ctl("status").stdout
    lb1.ctl("check", "haproxy", "auto")
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    assert lb1.status()["checks"][0]["set_by_hand"] is None
    refused = lb1.ctl("check", "haproxi", "down", check=False)
    assert refused.returncode == 1 and 'there is no check "haproxi"' in refused.stderr
