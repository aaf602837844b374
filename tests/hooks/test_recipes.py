"""The recipes of docs/hooks.md for what must not be on two nodes at once, as they stand there, run by batond. systemctl,
drbdadm and psql are stand-ins, each with a state for each node; when two nodes have the disk, or a primary, the lab says so."""
import json
import re
import shlex
import subprocess
import sys

import pytest

from tests.lab.batond import ROOT, VIP, configuration
from tests.lab.hooks import HOOKS, hook
from tests.lab.processes import eventually
from tests.lab.services import Haproxy, MailSink
from tests.netns.conftest import Lab, heard, holders
from tests.netns.test_tracking import exists, flag

PAGE = (ROOT / "docs" / "hooks.md").read_text()
DROP_IN = ROOT / "daemon" / "baton.service.d" / "release-first.conf"
NAMES = {"One disk that both nodes see (SAN, iSCSI)": "srv-mail.mount", "A file system on DRBD": "srv-mail.mount",
         "PostgreSQL": "postgresql@15-main"}
# A unit is active while a file of its name is in on/; a stop of postfix takes its time. What the page says of a unit is run.
SYSTEMCTL = """\
#!/bin/sh
verb=$1
for unit; do :; done
commands() { test ! -e "{here}/$unit.service" || sed -n "s/^$1=//p" "{here}/$unit.service" | sh -e; }
case $verb in
    is-active) test -e "{here}/on/$unit" ;;
    start) test -e "{here}/on/$unit" || { commands ExecStart && {here}/bin/take "$unit"; } ;;
    stop) test "$unit" != postfix || sleep 0.4
        test ! -e "{here}/on/$unit" || echo "{node} lets go $unit" >>{all}/notes
        rm -f "{here}/on/$unit"; commands ExecStopPost ;;
esac
"""
TAKE = """\
#!/bin/sh
touch "{here}/on/$1"
echo "{node} takes $1" >>{all}/notes
case $1 in
    srv-mail.mount) test "$(find {all}/site-*/on -name "$1" | wc -l)" = 1 || echo "BOTH have $1" >>{all}/notes ;;
    postgresql*) primaries=0
        for node in {all}/site-*; do test ! -e "$node/promoted" || test ! -e "$node/on/$1" || primaries=$((primaries + 1)); done
        test $primaries -lt 2 || echo "BOTH are primary" >>{all}/notes ;;
esac
"""
DRBDADM = """\
#!/bin/sh
exec 9>{all}/drbd.lock; flock 9
owner=$(cat {all}/drbd 2>/dev/null)
case $1 in
    primary) case $owner in "" | {node}) echo {node} >{all}/drbd ;;
        *) echo "State change failed: Multiple primaries not allowed by config" >&2; exit 11 ;; esac ;;
    secondary) test ! -e {here}/on/srv-mail.mount || { echo "Device is held open by someone" >&2; exit 12; }
        test "$owner" != {node} || : >{all}/drbd ;;
esac
"""
# What it is asked for is the last word; who was promoted stays so, and is a primary while its server runs.
RUNUSER = """\
#!/bin/sh
for sql; do :; done
test -e {here}/on/postgresql@15-main || { echo "connection to server failed" >&2; exit 2; }
case $sql in
    *pg_promote*) test -e {here}/promoted || { touch {here}/promoted; {here}/bin/take postgresql@15-main; }; echo 1 ;;
    *) test -e {here}/promoted && echo f || echo t ;;
esac
"""


def recipe(name):
    """What stands under this heading: what goes into an instance, and the files that it speaks of."""
    section = re.search(rf"(?ms)^### {re.escape(name)}\n(.*?)(?=^##)", PAGE)[1]
    files = re.findall(r"```(ini|sh)\n(.*?)```", section, re.DOTALL)
    return re.search(r"```json\n(.*?)```", section, re.DOTALL)[1], files


class Node:
    def __init__(self, lab, name, address, priority, text, files):
        self.all = lab.network.directory
        self.here = self.all / f"site-{name}"
        self.name = name
        (self.here / "bin").mkdir(parents=True)
        (self.here / "on").mkdir()
        for program, script in (("systemctl", SYSTEMCTL), ("drbdadm", DRBDADM), ("runuser", RUNUSER), ("take", TAKE)):
            self.write(f"bin/{program}", script)
        for kind, content in files:
            self.write("drbd-mail.service" if kind == "ini" else "stop-primary", self.local(content))
        settings = json.loads(self.local(text))
        for hooks in settings["hooks"].values():
            for one in hooks:
                one["environment"] = {"PATH": f"{self.here}/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.batond = lab.node(name, address, priority=priority, advert_interval="200ms", **settings)
        self.batond.config["state_dir"] = str(self.here / "state")
        self.batond.write_config()

    def write(self, name, text):
        path = self.here / name
        for word, value in (("{here}", self.here), ("{all}", self.all), ("{node}", self.name)):
            text = text.replace(word, str(value))
        path.write_text(text)
        path.chmod(0o755)

    def local(self, text):
        """With the places of the lab, and timeouts that a refused release does not wait for."""
        for old, new in (("/usr/lib/baton/hooks", HOOKS), ("/usr/sbin/runuser", f"{self.here}/bin/runuser"),
                         ("/etc/baton/stop-primary", f"{self.here}/stop-primary"), ('"2m"', '"3s"'), ('"90s"', '"3s"')):
            text = text.replace(old, str(new))
        return text

    def has(self, unit):
        return (self.here / "on" / unit).exists()

    def stop(self):
        """As systemd with the drop-in does."""
        command, = re.findall(r"(?m)^ExecStop=-/usr/bin/batonctl (.*)$", DROP_IN.read_text())
        self.batond.ctl(*shlex.split(command), check=False)
        assert self.batond.stop(60) == 0


class Site:
    def __init__(self, lab, name):
        text, files = recipe(name)
        self.unit = NAMES[name]
        self.database = self.unit.startswith("postgresql")
        self.lb1, self.lb2 = (Node(lab, node, address, priority, text, files)
                              for node, address, priority in (("lb1", "10.0.1.2/24", 101), ("lb2", "10.0.1.3/24", 100)))
        if self.database:  # the one a primary, the other its standby
            (self.lb1.here / "promoted").touch()
            for node in (self.lb1, self.lb2):
                (node.here / "on" / self.unit).touch()

    def start(self, *nodes):
        for node, state in zip(nodes, ("active", "backup")):
            node.batond.start().wait_state(state)
        if len(nodes) > 1:
            heard(nodes[1].batond, 1)
        self.serves(nodes[0])
        return self

    def serves(self, node):
        """This one has all of it, and no other."""
        other = self.lb2 if node is self.lb1 else self.lb1
        eventually(lambda: holders(self.lb1.batond, self.lb2.batond) == [node.name] and node.has(self.unit),
                   f"{node.name} serves", 30)
        if self.database:
            eventually(lambda: (node.here / "promoted").exists(), f"{node.name} is primary")
            assert not other.has(self.unit) or not (other.here / "promoted").exists()
        else:
            eventually(lambda: node.has("postfix") and not other.has(self.unit), f"{node.name} alone serves")
        assert not self.both()

    def both(self):
        notes = self.lb1.all / "notes"
        return [line for line in (notes.read_text().splitlines() if notes.exists() else []) if line.startswith("BOTH")]


@pytest.fixture
def lab():
    lab = Lab()
    try:
        yield lab
        lab.stop_all()
    finally:
        lab.network.close()


@pytest.fixture(params=NAMES, ids=["disk", "drbd", "postgresql"])
def site(lab, request):
    return Site(lab, request.param)


def test_release_return_and_release_back(site):
    site.start(site.lb1, site.lb2)
    site.lb1.batond.ctl("release", "VI_1")
    site.serves(site.lb2)
    assert not site.lb1.has(site.unit)
    site.lb1.batond.ctl("resume", "VI_1")
    heard(site.lb1.batond, 25)  # it is the better one, and leaves the other alone
    site.serves(site.lb2)
    if site.database:
        standby_again(site.lb1)
    site.lb2.batond.ctl("release", "VI_1")
    site.serves(site.lb1)


def standby_again(node):
    """What an operator does by hand, with pg_rewind and systemctl start."""
    (node.here / "promoted").unlink()
    (node.here / "on" / "postgresql@15-main").touch()


def test_stop_by_the_drop_in_and_return(site):
    site.start(site.lb1, site.lb2)
    site.lb1.stop()
    site.serves(site.lb2)
    site.lb1.batond.start().wait_state("backup")
    assert site.lb1.batond.instance()["released"] is True
    site.lb1.batond.ctl("resume", "--all")
    heard(site.lb1.batond, 25)
    site.serves(site.lb2)


def test_a_release_that_is_refused_goes_on_here(site):
    site.start(site.lb1)
    assert site.lb1.batond.ctl("release", "VI_1", check=False).returncode == 1
    site.serves(site.lb1)
    site.lb1.stop()
    assert not site.lb1.has(site.unit)


def test_drbd_waits_until_the_other_has_let_go(lab):
    """Also where nobody asked for a release first."""
    site = Site(lab, "A file system on DRBD")
    site.start(site.lb1, site.lb2)
    site.lb1.batond.stop(60)
    site.serves(site.lb2)


def test_drbd_waits_in_a_fault_too(lab):
    """Where the gate there runs beside the hooks of fault here."""
    site = Site(lab, "A file system on DRBD")
    well = flag(lab)
    site.lb1.batond.config["checks"] = {"service": exists(well)}
    site.lb1.batond.config["instances"]["VI_1"]["track"] = [{"check": "service"}]
    site.lb1.batond.write_config()
    site.start(site.lb1, site.lb2)
    well.unlink()
    site.lb1.batond.wait_state("fault")
    site.serves(site.lb2)
    well.touch()
    site.lb1.batond.wait_state("backup")
    heard(site.lb1.batond, 25)
    site.serves(site.lb2)


def test_a_standby_that_follows_is_not_stopped(lab):
    site = Site(lab, "PostgreSQL")
    site.start(site.lb1, site.lb2)
    assert site.lb2.has(site.unit)
    site.lb2.batond.stop(60)
    assert site.lb2.has(site.unit)


TALK = f"""
import socket, time
connection = socket.create_connection(("{VIP}", 25), 30)
print(connection.recv(1000), flush=True)
for _ in range(25):
    connection.sendall(b"NOOP\\r\\n")
    assert connection.recv(1000)
    time.sleep(0.2)
print("ended by itself", flush=True)
"""


def load_balancers(lab):
    """A pair with the recipe and its check, and real HAProxy."""
    text, _ = recipe("HAProxy")
    check = re.search(r'(?s)```json\n(\{\n  "checks".*?)```', PAGE)[1]
    for name, address in (("mail1", "10.0.1.10/24"), ("mail2", "10.0.1.11/24")):
        MailSink(lab.host(name, address))
    daemons = []
    for name, address, priority in (("lb1", "10.0.1.2/24", 110), ("lb2", "10.0.1.3/24", 100)):
        haproxy = Haproxy(lab.host(name, address)).start()
        local = text.replace("/usr/lib/baton/hooks", str(HOOKS)).replace('"mail"', f'"mail", "--socket", "{haproxy.socket}"')
        config = configuration(name, priority=priority, **json.loads(local))
        config["checks"] = json.loads(check.replace("/run/haproxy/admin.sock", str(haproxy.socket)))["checks"]
        config["state_dir"] = str(haproxy.host.directory / "state")
        daemons.append(lab.batond(haproxy.host, config))
        daemons[-1].haproxy = haproxy
    lb1, lb2 = daemons
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)
    return lb1, lb2


def test_haproxy_lets_sessions_end(lab):
    lb1, lb2 = load_balancers(lab)
    session = lab.host("client", "10.0.1.50/24").spawn("session", [sys.executable, "-c", TALK])
    eventually(lambda: "220" in session.output(), "the client is greeted")
    assert "took over with priority 100" in lb1.ctl("release", "VI_1").stdout
    assert "ended by itself" in session.output()
    assert holders(lb1, lb2) == ["lb2"]
    eventually(lambda: ",OPEN," in lb1.haproxy.command("show stat").splitlines()[1], "the frontend is open again")
    lb1.ctl("resume", "VI_1")
    lb1.wait_state("active")
    lb1.haproxy.stop()
    lb2.wait_state("active")


def test_ext4_refuses_the_second_node(tmp_path):
    """A real one, by two devices on one file, with service-migrate's own mount."""
    image = tmp_path / "disk"
    with open(image, "wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    subprocess.run(["tune2fs", "-O", "mmp", image], check=True, stdout=subprocess.DEVNULL)
    devices = []
    try:
        for _ in range(2):
            made = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True)
            if made.returncode != 0:
                pytest.skip(f"no loop devices here: {made.stderr}")
            devices.append(made.stdout.strip())
        one, two = (f"mount:{device}:{tmp_path / place}" for device, place in zip(devices, ("one", "two")))
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        assert hook("service-migrate", "start", one).returncode == 0
        said = hook("service-migrate", "start", two)
        assert said.returncode == 1 and "already mounted" in said.stderr
        assert hook("service-migrate", "stop", one).returncode == 0
        assert hook("service-migrate", "start", two).returncode == 0
    finally:
        for place in ("one", "two"):
            subprocess.run(["umount", tmp_path / place], stderr=subprocess.DEVNULL)
        for device in devices:
            subprocess.run(["losetup", "-d", device])
