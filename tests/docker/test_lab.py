"""The docker-compose lab on a real engine: hosts are frozen, killed and cut off, and the address is where it must be."""
import re

import pytest

from tests.lab.processes import eventually

VIP, OWNER = "10.0.1.100", "10.0.1.101"
NO_LONGER_THAN = 9000  # ms; the advert timeout is 3.6 s, and the machine may be busy


def moments(said, host, what):
    """When the timeline says that a host did this (a regular expression), in milliseconds from the act."""
    found = re.search(rf"([+-])([\d ]+) ms  {host} +{what}", said)
    assert found, f"{host}: {what} is not in:\n{said}"
    return int(found[1] + found[2].replace(" ", ""))


def test_a_frozen_load_balancer_is_replaced_and_does_not_fight_when_it_goes_on(lab, longest_wait):
    said = lab("pause", "lb1")
    assert moments(said, "act", "lb1 is frozen") < moments(said, "lb2", f"address taken: {VIP}")
    assert "client  now finds 10.0.1.100 at lb2" in said
    assert 1500 < longest_wait(said) < NO_LONGER_THAN
    assert lab.holders(VIP) == ["lb2"]
    said = lab("unpause", "lb1")
    assert moments(said, "lb1", "is backup: this process did not run") <= moments(said, "lb1", f"address given up: {VIP}")
    assert longest_wait(said) < 2000
    assert lab.holders(VIP) == ["lb1"]


def test_a_killed_load_balancer_is_replaced_and_takes_the_address_back_when_it_is_started(lab, longest_wait):
    said = lab("kill", "lb1")
    assert 1500 < longest_wait(said) < NO_LONGER_THAN
    assert lab.holders(VIP) == ["lb2"]
    assert "lb1     10.0.1.2    exited" in lab("status")
    lab("start", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb1")
    assert longest_wait(lab("timeline")) < 2000


def test_what_is_done_by_hand_is_in_the_timeline_too(lab, longest_wait):
    lab.docker("network", "disconnect", "baton-lab", "baton-lb1")
    lab.await_holder(VIP, "lb2")
    eventually(lambda: "first good answer" in lab("timeline"), "the client has its answers again", step=0.3)
    said = lab("timeline")
    assert "lb1 is cut from the network (docker network disconnect)" in said
    # The engine sets the interface down and takes it away; a busy batond may only see that it is gone.
    assert moments(said, "lb1", "fault: interface eth0 (has no link|does not exist)") < moments(said, "lb2", "address taken")
    assert 1500 < longest_wait(said) < NO_LONGER_THAN
    lab("connect", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb1")


def test_a_load_balancer_that_is_stopped_hands_over(lab, longest_wait):
    lab("stop", "lb1", "--no-wait")  # docker waits for its end
    said = lab("timeline")
    assert moments(said, "lb2", f"address taken: {VIP}") <= moments(said, "lb1", f"address given up: {VIP}")
    assert longest_wait(said) < 2000
    lab("start", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb1")


def test_a_load_balancer_that_is_released_hands_over_and_is_resumed(lab, longest_wait):
    lab("release", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb2")
    assert longest_wait(lab("timeline")) < 2000
    lab("resume", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb1")


def test_the_address_leaves_a_load_balancer_without_haproxy(lab, longest_wait):
    said = lab("service", "lb1", "stop")
    assert "check haproxy is down" in said
    assert longest_wait(said) < NO_LONGER_THAN
    assert lab.holders(VIP) == ["lb2"]
    lab("service", "lb1", "start", "--no-wait")
    lab.await_holder(VIP, "lb1")


def test_two_that_do_not_hear_each_other_both_have_it_until_they_do(lab):
    lab("drop", "lb1")
    assert lab.holders(VIP) == ["lb1", "lb2"]
    lab("pass", "lb1", "--no-wait")
    lab.await_holder(VIP, "lb1")
    said = lab("timeline")
    assert "lb2     is backup: 10.0.1.2 advertises priority 110, above our 100" in said
    assert lab.holders(VIP) == ["lb1"]


def test_a_mail_server_that_is_stopped_hands_over_its_queue(lab):
    lab("stop", "sink", "--no-wait")
    before = lab.mails()
    eventually(lambda: lab.mails()["taken from the client"] > before["taken from the client"] + 30, "mails wait", step=0.5)
    lab("stop", "mta1", "--no-wait")
    said = lab("timeline")
    handed = re.search(r"hook stop .*?: exit\s+status\s+0:\s+handed_over\s+(\d+),\s+left\s+0", said, re.DOTALL)
    assert handed and int(handed[1]) > 0, said
    assert lab.holders(OWNER) == ["mta2"]
    lab("start", "sink", "--no-wait")
    lab("pause", "client", "--no-wait")
    eventually(lambda: lab.mails()["on their way"] == 0, "all mails are at the sink, while mta1 is not there", timeout=60, step=0.5)
    lab("unpause", "client", "--no-wait")
    lab("start", "mta1", "--no-wait")
    lab.await_holder(OWNER, "mta1")


@pytest.mark.parametrize("words, said", [
    (["pause", "lb3"], "invalid choice: 'lb3'"),
    (["brake", "lb1"], "invalid choice: 'brake'"),
    (["timeline", "--since", "soon"], '"soon" is no duration; give one such as 30s or 5m'),
])
def test_a_wrong_command_is_refused(command, words, said):
    assert said in command(*words, status=2)


def test_what_docker_refuses_is_told(lab):
    assert "docker/lab: docker unpause baton-lb2: " in lab("unpause", "lb2", status=1)


def test_no_mail_was_lost_in_all_of_this(lab):
    lab("pause", "client", "--no-wait")
    eventually(lambda: lab.mails()["on their way"] == 0, "all mails are at the sink", timeout=60, step=0.5)
    counts = lab.mails()
    assert counts["taken from the client"] == counts["arrived at the sink"] > 0
