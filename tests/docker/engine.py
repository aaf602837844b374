"""A Docker engine of the tests' own, beside any other: where ./dev has unpacked Debian's docker.io, in the lab's namespaces.

Its data, sockets and cgroups are its own, its bridges are in the network namespace of tests/lab/enter, and it runs in a PID
namespace: when that ends, all it has started ends too. `debian:bookworm-slim` is not fetched but made by mmdebstrap
(base-image), with the packages of docker/packages; so nothing here needs a network. To have it by hand, as root, after `./dev test`:

    tests/lab/enter /usr/bin/python3 -m tests.docker.engine bash
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab.batond import BIN, ROOT
from tests.lab.demo import on_terminate
from tests.lab.network import run
from tests.lab.postfix import can_run
from tests.lab.processes import LabError, Process, eventually

UNPACKED = Path(os.environ.get("BATON_ENGINE", ROOT / "build" / "engine"))
BASE = UNPACKED / "bookworm-slim.tar"
CGROUPS = Path("/sys/fs/cgroup")


class CannotRun(Exception):
    """This machine is not one where an engine runs; the text says why."""


def mount_cgroups():
    """dockerd needs them; a bare root or a container may have none, or none that can be written to. Only for this mount
    namespace. cgroups(7)."""
    if any(os.access(CGROUPS / name, os.W_OK) and (CGROUPS / name / marker).exists()
           for name, marker in (("", "cgroup.controllers"), ("memory", "cgroup.procs"), ("devices", "cgroup.procs"))):
        return
    run(["umount", "--recursive", CGROUPS], check=False)  # what cannot be written to; two of a kind confuse runc
    if not CGROUPS.is_dir():
        run(["mount", "-t", "sysfs", "sysfs", "/sys"])
    in_use = [words.split() for words in Path("/proc/cgroups").read_text().splitlines()[1:]]
    first = [name for name, hierarchy, _, enabled in in_use if hierarchy != "0" and enabled == "1"]
    if not first:  # none of them belongs to the first version
        run(["mount", "-t", "cgroup2", "cgroup2", CGROUPS])
        return
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", CGROUPS])
    for name in first:
        (CGROUPS / name).mkdir()
        run(["mount", "-t", "cgroup", "-o", name, "cgroup", CGROUPS / name])


class Engine:
    """Starts with start(); use it as a context."""

    def __init__(self):
        if os.environ.get("BATON_LAB") != "inside":
            raise LabError("an engine makes networks; run this through tests/lab/enter")
        if not can_run():
            raise CannotRun("a Docker engine needs the machine's root; this is an ordinary user's namespace")
        if not BASE.exists() or not (UNPACKED / "usr/sbin/dockerd").exists():
            raise LabError(f"{UNPACKED} has no engine; ./dev test puts it there, and the image it starts from")
        # Below a folder that is no overlay file system, if there is one: there the images are.
        self.directory = Path(tempfile.mkdtemp(prefix="run-", dir=UNPACKED))
        self.run = Path(tempfile.mkdtemp(prefix="baton-docker-", dir="/run"))
        self.cgroup = self.run.name
        self._process = None
        self.environment = {
            "PATH": f"{UNPACKED}/usr/sbin:{UNPACKED}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "DOCKER_HOST": f"unix://{self.run}/docker.sock", "DOCKER_CONFIG": str(self.run / "config"),
            "COMPOSE_PROJECT_NAME": "baton-lab", "DOCKER_BUILDKIT": "0"}

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *failure):
        self.close()

    def start(self):
        os.environ.update(self.environment)
        try:
            mount_cgroups()
        except LabError as error:
            raise CannotRun(f"there are no cgroups, and they cannot be mounted: {error}") from None
        settings = {"iptables": False, "ip-masq": False, "ip-forward": False, "userland-proxy": False,
                    "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": f"/{self.cgroup}"}
        (self.run / "root").mkdir()
        (self.run / "daemon.json").write_text(json.dumps(settings))
        self._process = Process("dockerd", [
            "unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--",
            sys.executable, ROOT / "tests" / "docker" / "own_root.py", self.run / "root", "docker-init", "--",
            "dockerd", "--config-file", self.run / "daemon.json", "--data-root", self.directory / "data",
            "--exec-root", self.run / "exec", "--pidfile", self.run / "docker.pid", "--host", self.environment["DOCKER_HOST"]],
            self.directory / "dockerd.log")
        try:
            eventually(self._answers, "dockerd answers", timeout=60, step=0.1)
        except LabError as error:
            raise CannotRun(f"dockerd does not run here: {error}") from None
        return self

    def _answers(self):
        self._process.require_running()
        return self.docker("version", check=False).returncode == 0

    def docker(self, *words, check=True, timeout=300):
        return run(["docker", *words], check, timeout)

    def import_base(self):
        self.docker("import", BASE, "debian:bookworm-slim")

    def close(self):
        if self._process and self._process.running():
            left = self.docker("ps", "--all", "--quiet", check=False).stdout.split()
            if left:
                self.docker("rm", "--force", *left, check=False)
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for group in sorted(CGROUPS.glob(f"**/{self.cgroup}"), reverse=True):
            for folder, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:  # something is still about to end in there
                    pass
        shutil.rmtree(self.run, ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)


def staged_sources(directory):
    """What the image is made of, with the programs under test instead of build/bin."""
    shutil.copytree(ROOT, directory, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"), symlinks=True)
    target = directory / "build" / "bin"
    target.mkdir(parents=True)
    for name in ("batond", "batonctl"):
        shutil.copy2(BIN / name, target)
    return directory


def main(argv):
    signal.signal(signal.SIGTERM, on_terminate)
    with Engine() as engine:
        engine.import_base()
        return subprocess.run(argv or ["bash"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
