"""service-migrate with real mounts, daemons and sockets; systemctl alone is a stand-in, for no systemd runs in the lab."""
import os
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lab.hooks import begin, hook
from tests.lab.processes import eventually

SYSTEMCTL = """\
#!/bin/sh
# A unit is active when a file of its name is in units/; broken-* does not start, stuck-* does not stop.
here=$(dirname "$0")
echo "$*" >>"$here/calls"
verb=$1
for unit; do :; done
case $verb:$unit in
    is-active:*) test -e "$here/units/$unit" ;;
    start:broken*) touch "$here/units/$unit"; echo "Job for $unit failed." >&2; exit 1 ;;
    start:*) touch "$here/units/$unit" ;;
    stop:stuck*) echo "it will not" >&2; exit 1 ;;
    stop:*) rm -f "$here/units/$unit" ;;
esac
"""
# Leaves a daemon behind that keeps the output open, as daemons do that were written in a hurry.
PROGRAM = """\
#!/bin/sh
pidfile={directory}/daemon.pid
case $1 in
    start) {python} -c '{daemon}' & echo $! >$pidfile; echo starting ;;
    stop) kill "$(cat $pidfile)"; rm $pidfile ;;
    status) test -e $pidfile && kill -0 "$(cat $pidfile)" ;;
esac
"""
DAEMON = ('import socket, time; time.sleep(0.5); s = socket.create_server(("127.0.0.1", {port})); '
          'u = socket.socket(socket.AF_UNIX); u.bind("{directory}/daemon.sock"); u.listen(); time.sleep(600)')


class Place:
    def __init__(self, directory):
        self.directory = directory
        self.path = f"{directory}:{os.environ['PATH']}"
        (directory / "units").mkdir()
        self.program("systemctl", SYSTEMCTL)

    def program(self, name, text):
        file = self.directory / name
        file.write_text(text)
        file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        return file

    def units(self):
        return sorted(os.listdir(self.directory / "units"))

    def calls(self, *verbs):
        lines = (self.directory / "calls").read_text().splitlines() if (self.directory / "calls").exists() else []
        return [line.replace("-- ", "") for line in lines if line.split()[0] in (verbs or ("start", "stop"))]

    def hook(self, *words, event=None):
        return hook("service-migrate", *words, event=event, env={"PATH": self.path})

    def begin(self, *words, event=None):
        return begin("service-migrate", *words, event=event, env={"PATH": self.path})


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture
def mount_point(tmp_path):
    """A folder that the fstab of this mount namespace knows, with a space in its name."""
    point = tmp_path / "the mail"
    point.mkdir()
    fstab = tmp_path / "fstab"
    fstab.write_text(f"tmpfs {str(point).replace(' ', chr(92) + '040')} tmpfs noauto 0 0\n")
    subprocess.run(["mount", "--bind", fstab, "/etc/fstab"], check=True)
    yield point
    subprocess.run(["umount", point], stderr=subprocess.DEVNULL)
    subprocess.run(["umount", "/etc/fstab"], check=True)


@pytest.fixture
def daemon(place):
    """The path of a program for a daemon on a port and a socket."""
    daemon = DAEMON.format(port=2525, directory=place.directory)
    yield place.program("daemon", PROGRAM.format(directory=place.directory, python=sys.executable, daemon=daemon))
    with suppress(OSError, ValueError):
        os.kill(int((place.directory / "daemon.pid").read_text()), signal.SIGKILL)


def test_starts_in_order_and_stops_in_reverse(place):
    said = place.hook("start", "a", "unit:b.service", "c")
    assert (said.returncode, said.stderr) == (0, "") and "b.service: started after" in said.stdout
    assert place.calls() == ["start a", "start b.service", "start c"] and place.units() == ["a", "b.service", "c"]
    assert place.hook("start", "a", "unit:b.service", "c").returncode == 0  # again: nothing to do
    assert len(place.calls()) == 3
    assert place.hook("stop", "a", "unit:b.service", "c").returncode == 0
    assert place.calls()[3:] == ["stop c", "stop b.service", "stop a"] and place.units() == []
    assert place.hook("stop", "a", "unit:b.service", "c").returncode == 0


@pytest.mark.parametrize("event, calls", [
    ("before_active", ["start a"]), ("active", ["start a"]), ("backup", ["stop a"]), ("fault", ["stop a"]),
    ("stop", ["stop a"]), ("deleted", ["stop a"]), ("release", ["stop a"])])
def test_the_event_says_what_to_do(place, event, calls):
    assert place.hook("a", event=event).returncode == 0
    assert place.calls() == calls


def test_a_step_that_fails_is_rolled_back(place):
    (place.directory / "units" / "a").touch()  # was there before, and stays
    said = place.hook("start", "a", "b", "broken-c", "d")
    assert said.returncode == 1 and "broken-c could not be started" in said.stderr and "Job for broken-c failed." in said.stderr
    assert "stopped again: broken-c, b" in said.stderr
    assert place.calls() == ["start b", "start broken-c", "stop broken-c", "stop b"] and place.units() == ["a"]


def test_a_roll_back_that_fails_says_so(place):
    said = place.hook("start", "stuck-a", "broken-b")
    assert said.returncode == 1
    assert "could not be stopped: stuck-a: systemctl stop -- stuck-a ended with status 1: it will not" in said.stderr


def test_a_stop_goes_on_to_the_end(place):
    place.hook("start", "a", "stuck-b", "c")
    said = place.hook("stop", "a", "stuck-b", "c")
    assert said.returncode == 1 and "not all is stopped: stuck-b" in said.stderr and place.units() == ["stuck-b"]


def test_a_mount_a_daemon_and_its_readiness(place, mount_point, daemon):
    steps = [f"mount:{mount_point}", f"program:{daemon}", "ready:127.0.0.1:2525", f"ready:{place.directory}/daemon.sock",
             f"check:test -e {place.directory}/daemon.pid", "postfix"]
    for _ in range(2):
        said = place.hook("start", *steps)
        assert (said.returncode, said.stderr) == (0, "") and os.path.ismount(mount_point) and place.units() == ["postfix"]
    assert "starting" not in said.stdout
    for _ in range(2):
        said = place.hook("stop", *steps)
        assert (said.returncode, said.stderr) == (0, "") and not os.path.ismount(mount_point) and place.units() == []
        assert not (place.directory / "daemon.pid").exists()


def test_what_never_gets_ready_is_rolled_back(place, mount_point, daemon):
    said = place.hook("start", f"mount:{mount_point}", f"program:{daemon}", "ready:127.0.0.1:2526", "postfix", "--wait", "1s")
    assert said.returncode == 1 and "127.0.0.1:2526 is not ready after 1 s: Connection refused" in said.stderr
    assert f"stopped again: program:{daemon}, mount:{mount_point}" in said.stderr
    assert not os.path.ismount(mount_point) and not (place.directory / "daemon.pid").exists() and place.calls() == []
    said = place.hook("start", f"check:test -e {place.directory}/none", "--wait", "300ms")
    assert said.returncode == 1 and "its check fails after 0.3 s" in said.stderr and "stopped again: nothing" in said.stderr


def test_a_mount_that_is_in_use(place, mount_point):
    assert place.hook("start", f"mount:{mount_point}").returncode == 0
    with open(mount_point / "open", "w"):
        said = place.hook("stop", f"mount:{mount_point}", "--step-timeout", "500ms")
        assert said.returncode == 1 and "busy" in said.stderr and os.path.ismount(mount_point)
    assert place.hook("stop", f"mount:{mount_point}").returncode == 0


def test_a_mount_behind_a_symbolic_link(place, mount_point):
    link = place.directory / "link"
    link.symlink_to(mount_point)
    behind = place.directory / "folder"
    behind.symlink_to(mount_point.parent)
    for path in (link, behind / mount_point.name):
        for _ in range(2):
            said = place.hook("start", f"mount:{path}")
            assert (said.returncode, said.stderr) == (0, "") and mounted(mount_point) == 1
        for _ in range(2):
            said = place.hook("stop", f"mount:{path}")
            assert (said.returncode, said.stderr) == (0, "") and mounted(mount_point) == 0


def test_mounts_one_above_the_other(place, mount_point):
    for _ in range(3):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mount_point], check=True)
    assert mounted(mount_point) == 3
    said = place.hook("stop", f"mount:{mount_point}")
    assert (said.returncode, said.stderr) == (0, "") and mounted(mount_point) == 0


def mounted(point):
    """How many times."""
    name = str(point).replace(" ", "\\040")
    return sum(line.split()[4] == name for line in Path("/proc/self/mountinfo").read_text().splitlines())


def test_commands(place):
    out = place.directory / "out"
    step = f"command:sh -c 'echo begin >>{out}' -- sh -c 'echo end >>{out}'"
    assert place.hook("start", step).returncode == 0 and place.hook("stop", step).returncode == 0
    assert out.read_text().split() == ["begin", "end"]
    said = place.hook(step, "command:false", event="before_active")
    assert said.returncode == 1 and "command:false could not be started: false ended with status 1" in said.stderr
    assert out.read_text().split() == ["begin", "end", "begin", "end"]
    assert place.hook("start", f"command:-- sh -c 'echo end >>{out}'").returncode == 0


@pytest.mark.parametrize("event", [None, "active"])
def test_a_command_that_may_have_run_before_is_not_stopped_again(place, event):
    """batond runs `active` again after a release that was refused; what fails then must not stop the service."""
    out = place.directory / "out"
    step = f"command:touch {out} -- rm {out}"
    words = ["start"] if event is None else []
    assert place.hook(*words, "a", step, event=event).returncode == 0
    said = place.hook(*words, "a", step, "b", "check:false", "--wait", "100ms", event=event)
    assert said.returncode == 1 and out.exists() and place.units() == ["a"], said.stderr
    assert f"stopped again: b; left as it is, for it may have run before: {step}" in said.stderr, said.stderr
    assert place.hook("stop", "a", step).returncode == 0 and not out.exists()
    # At the gate it must let go: somebody else may need what it has taken.
    said = place.hook("a", step, "check:false", "--wait", "100ms", event="before_active")
    assert said.returncode == 1 and not out.exists() and f"stopped again: {step}, a\n" in said.stderr, said.stderr


@pytest.mark.parametrize("event", ["active", "before_active"])
def test_a_command_with_a_status_is_known_to_run(place, event):
    out, calls = place.directory / "out", place.directory / "commands"
    step = (f"command:sh -c 'touch {out}; echo start >>{calls}' -- sh -c 'rm -f {out}; echo stop >>{calls}' "
            f"--status test -e {out}")
    for _ in range(2):
        assert place.hook(step, event=event).returncode == 0 and calls.read_text() == "start\n"
    said = place.hook(step, "check:false", "--wait", "100ms", event=event)
    assert said.returncode == 1 and "stopped again: nothing" in said.stderr and out.exists()
    assert place.hook(step, event="backup").returncode == 0 and calls.read_text() == "start\nstop\n"
    said = place.hook(step, "check:false", "--wait", "100ms", event=event)
    assert said.returncode == 1 and "stopped again: command:" in said.stderr and not out.exists()


def test_a_command_that_hangs_is_ended_with_all_it_started(place):
    pids = place.directory / "pids"
    command = f"command:sh -c 'sleep 600 & echo $! >{pids}; sleep 600'"
    said = place.hook("start", "a", command, "--step-timeout", "1s")
    assert said.returncode == 1 and "did not end within 1 s" in said.stderr and place.units() == []
    eventually(lambda: gone(int(pids.read_text())), "its child has ended")


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_told_to_end_rolls_back(place):
    mark = place.directory / "mark"
    running = place.begin("a", f"command:sh -c 'touch {mark}; sleep 600' -- touch {mark}-undone", event="before_active")
    eventually(mark.exists, "the second step is at work")
    os.killpg(running.pid, signal.SIGTERM)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1 and "told to end" in said and "stopped again: command:" in said
    assert place.units() == [] and Path(f"{mark}-undone").exists()


def test_a_start_that_takes_too_long_is_taken_back_in_time(place):
    """Before its timeout, where batond would leave it two seconds."""
    slow = f"command:sh -c 'sleep 600' -- sh -c 'sleep 2; touch {place.directory}/undone'"
    said = place.hook("a", slow, "b", "--deadline", "1s", event="before_active")
    assert said.returncode == 1 and "did not end within" in said.stderr and "stopped again: command:" in said.stderr
    assert place.units() == [] and (place.directory / "undone").exists() and "start b" not in place.calls()
    said = place.hook("start", "a", "ready:127.0.0.1:1", "b", "--deadline", "1s")
    assert said.returncode == 1 and "not ready after" in said.stderr and place.units() == []
    said = place.hook("start", "a", "check:false", "--deadline", "1s")
    assert said.returncode == 1 and "its check fails" in said.stderr and place.units() == []


@pytest.mark.parametrize("action", ["start", "stop"])
def test_a_command_ends_with_the_hook_that_is_killed(place, action):
    """As batond does it two seconds after SIGTERM: nothing runs beside the next hook."""
    pids = place.directory / "pids"
    work = f"sh -c 'sleep 600 & echo $! $$ >{pids}.new; mv {pids}.new {pids}; wait'"
    running = place.begin(action, f"command:{work}" if action == "start" else f"command:-- {work}", "a")
    eventually(pids.exists, "the command is at work")
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    for pid in pids.read_text().split():
        eventually(lambda pid=pid: gone(int(pid)), "the command has ended, too")


def test_a_daemon_outlives_the_hook_that_is_killed(place, daemon):
    running = place.begin("start", f"program:{daemon}", "ready:127.0.0.1:2525", "command:sleep 600")
    eventually(lambda: "sleep 600" in children_of(running.pid), "it is at its last step")
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate(timeout=60)
    assert not gone(int((place.directory / "daemon.pid").read_text()))


def children_of(pid):
    """Their command lines."""
    found = subprocess.run(["ps", "-o", "args=", "--ppid", str(pid)], capture_output=True, text=True)
    return found.stdout.splitlines()


@pytest.mark.parametrize("words, said", [
    (["start", "mnt:/x"], 'there is no step "mnt:"'), (["start", "mount:x"], "write mount:/PATH"),
    (["start", "ready:25"], "write ready:ADDRESS:PORT"), (["start", "program:x"], "no program that can be run"),
    (["start", "command:"], "write command:START -- STOP"), (["start", "command:'"], "No closing quotation"),
    (["start", "command:a -- b --status"], "write command:START -- STOP"),
    (["start", "check:"], "write check:COMMAND"), (["start", "unit:"], "names no unit")])
def test_what_is_wrong_is_said_before_anything_is_done(place, words, said):
    told = place.hook(*words, "a")
    assert told.returncode == 1 and said in told.stderr and "Traceback" not in told.stderr
    told = place.hook(words[0], "a", *words[1:])
    assert told.returncode == 1 and place.calls() == []


def test_without_an_action_or_systemd(place):
    assert place.hook("a").returncode == 2
    assert place.hook("start").returncode == 2
    (place.directory / "systemctl").unlink()
    if not any((Path(folder) / "systemctl").exists() for folder in os.environ["PATH"].split(":")):
        said = place.hook("start", "a")
        assert said.returncode == 1 and "there is no systemctl here" in said.stderr
