"""What the shipped hooks can do as daemon/baton.service runs them, with the drop-ins that docs/hooks.md names: the unit's
capabilities, NoNewPrivileges and ProtectSystem, by setpriv and a mount namespace, for no systemd runs in the lab. That
systemd reads the files as they are read here is not shown."""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab.batond import ROOT
from tests.lab.hooks import HOOKS, environment
from tests.lab.mail_pair import MailPair
from tests.lab.network import in_namespace
from tests.lab.peers import PEERS
from tests.lab.postfix import DROP_GROUP, can_run

UNIT = ROOT / "daemon" / "baton.service"
DROP_INS = sorted((ROOT / "daemon" / "baton.service.d").iterdir())
PAGE = (ROOT / "docs" / "hooks.md").read_text()


def values(name, *drop_ins):
    """All words of a setting, which drop-ins add to."""
    files = [UNIT, *(UNIT.with_name("baton.service.d") / f"{one}.conf" for one in drop_ins)]
    return [word for file in files for line in re.findall(rf"(?m)^{name}=(.*)$", file.read_text()) for word in line.split()]


class Box:
    """Runs programs as the unit does. `places` says where the lab has what stands in the unit's paths."""

    def __init__(self, directory, *drop_ins, places=None, group=None):
        bounds = ",".join(f"+{one.removeprefix('CAP_').lower()}" for one in values("CapabilityBoundingSet", *drop_ins))
        assert values("NoNewPrivileges") == ["yes"] and values("ProtectSystem") == ["strict"]
        self._privileges = ["setpriv", "--no-new-privs", "--inh-caps=-all", f"--bounding-set=-all,{bounds}",
                            *(["--regid", group, "--clear-groups"] if group else [])]
        self._private = directory / "private-tmp"
        self._private.mkdir()
        self._writable = [self._private, *(str((places or {})[path]) for path in values("ReadWritePaths", *drop_ins))]
        self._writable += [str((places or {})[path]) for path in ("/var/lib/baton",) if path in (places or {})]

    def run(self, *argv, host=None, env=None):
        lines = ["set -e", "for point in $(awk '{ print $5 }' /proc/self/mountinfo | sort -u); do case $point in "
                 "/dev* | /proc* | /sys*) ;; *) mount -o remount,bind,ro \"$point\" 2>/dev/null || : ;; esac; done"]
        for path in self._writable:
            word = shlex.quote(str(path))
            lines.append(f"mount --bind {word} {word}; mount -o remount,bind,rw {word}")
        lines.append(f"exec {shlex.join([*self._privileges, *map(str, argv)])}")
        boxed = ["unshare", "--mount", "sh", "-c", "\n".join(lines)]
        return subprocess.run(in_namespace(host.name, boxed) if host else boxed, capture_output=True, text=True, timeout=120,
                              env=environment("active", {"TMPDIR": str(self._private), **(env or {})}))


def test_the_page_has_the_drop_ins_as_they_are():
    for file in DROP_INS:
        assert file.name in PAGE, f"docs/hooks.md says nothing of {file.name}"
        settings = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
        blocks = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
        shown = [[line.strip() for line in block.strip().splitlines()] for block in blocks]
        assert settings in shown, f"docs/hooks.md does not show {file.name} as it is"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("drop_ins", [[], *[[file.name] for file in DROP_INS]], ids=str)
def test_systemd_understands_them(tmp_path, drop_ins):
    def local(text):
        return re.sub(r"/usr/s?bin/baton\w+", "/bin/true", text)

    (tmp_path / UNIT.name).write_text(local(UNIT.read_text()))
    (tmp_path / "baton.service.d").mkdir()
    for name in drop_ins:
        (tmp_path / "baton.service.d" / name).write_text(local((UNIT.with_name("baton.service.d") / name).read_text()))
    said = subprocess.run(["systemd-analyze", "verify", tmp_path / UNIT.name], capture_output=True, text=True,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    assert (said.returncode, said.stderr) == (0, "")


def test_a_mount_is_systemds_work(tmp_path):
    place = tmp_path / "the mail-1"
    place.mkdir()
    said = Box(tmp_path).run(HOOKS / "service-migrate", "start", f"mount:tmpfs:{place}")
    assert said.returncode == 1 and "name its unit instead" in said.stderr and r"-the\x20mail\x2d1.mount" in said.stderr
    if shutil.which("systemd-escape"):
        name = subprocess.run(["systemd-escape", "-p", "--suffix=mount", place], capture_output=True, text=True, check=True)
        assert name.stdout.strip() in said.stderr


def test_units_need_nothing(tmp_path):
    """systemctl is a stand-in, which shows that it is reached and no more."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text('#!/bin/sh\ntest "$1" != is-active\n')
    systemctl.chmod(0o755)
    said = Box(tmp_path).run(HOOKS / "service-migrate", "start", "srv-mail.mount", "postfix",
                             env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert (said.returncode, said.stderr) == (0, "") and "srv-mail.mount: started" in said.stdout


@pytest.mark.skipif(not can_run(), reason="becomes another user, which only the machine's root may")
def test_runuser_needs_nothing(tmp_path):
    said = Box(tmp_path).run("/usr/sbin/runuser", "-u", "nobody", "--", "id", "-un")
    assert (said.returncode, said.stdout) == (0, "nobody\n")


@pytest.fixture
def pair(lab):
    return MailPair(lab)


def places(mta):
    (mta.directory / "handover").mkdir(exist_ok=True)
    queue = mta.directory / "queue"
    return {"/etc/postfix": mta.config, "/var/spool/postfix": queue, "/var/spool/postfix/maildrop": queue / "maildrop",
            "/var/lib/baton": mta.directory / "handover"}


@pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")
def test_queue_handover_needs_its_drop_in(pair, tmp_path):
    mta = pair.mta1
    assert pair.mta2.handover(event="active").returncode == 0
    pair.send(mta, 0, 3)
    pair.await_deferred(mta, 3)
    (tmp_path / "without").mkdir()

    def handover(box, *words):
        return box.run(HOOKS / "queue-handover", *words, *mta.where, host=mta.host, env=mta.paths)

    said = handover(Box(tmp_path / "without", places=places(mta)), "backup", "--deadline", "5s")
    assert said.returncode == 1 and "Permission denied" in said.stderr
    box = Box(tmp_path, "queue-handover", places=places(mta))
    said = handover(box, "backup", "--deadline", "10s", "--keep", "client")  # holds them all, by postsuper
    assert said.returncode == 0 and '"held": 3' in said.stdout, said.stderr
    said = handover(box, "active")
    assert said.returncode == 0 and '"released": 3' in said.stdout, said.stderr
    said = handover(box, "backup", "--deadline", "10s")
    assert said.returncode == 0 and '"handed_over": 3' in said.stdout, said.stderr


@pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")
def test_notify_mail_by_the_local_postfix(pair, tmp_path):
    mta = pair.mta1
    words = [HOOKS / "notify-mail", "--to", "ops@example.net", "--from", "baton@example.org"]
    local = ["--sendmail", PEERS / "usr" / "sbin" / "sendmail", "--deadline", "10s"]
    env = {**mta.paths, "MAIL_CONFIG": str(mta.config)}
    (tmp_path / "without").mkdir()
    without = Box(tmp_path / "without", places=places(mta))
    assert without.run(*words, *local, host=mta.host, env=env).returncode == 1
    said = Box(tmp_path, "local-mail", places=places(mta), group=DROP_GROUP).run(*words, *local, host=mta.host, env=env)
    assert (said.returncode, said.stderr) == (0, "")
    assert without.run(*words, "--relay", f"{mta.address}:25", host=mta.host, env=env).returncode == 0


def test_the_page_runs_notify_mail_as_it_is_tested():
    assert re.search(r'notify-mail.*\n?.*"group": "postdrop"', PAGE)
    assert Path(UNIT).read_text().count("CapabilityBoundingSet") == 1
