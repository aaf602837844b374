"""What the tests of the docker-compose lab start from: an engine of their own (engine.py), and on it the lab as docker/lab
starts it, once for all of them. Exact figures go to docker-report.txt beside the folder of the programs."""
import os
import re
import subprocess
import warnings

import pytest

from tests.docker.engine import CannotRun, Engine, staged_sources
from tests.lab.batond import ROOT
from tests.lab.processes import LabError, eventually
from tests.lab.report import opened_report, reporter

WAIT = re.compile(r"longest wait from one mail that went well to the next: ([\d ]+) ms")


@pytest.fixture(scope="session")
def engine():
    try:
        with Engine() as engine:
            engine.import_base()
            yield engine
    except CannotRun as why:
        warnings.warn(f"THE DOCKER LAB IS NOT TESTED HERE: {why}")
        pytest.skip(f"no Docker engine runs here: {why}")


@pytest.fixture(scope="session")
def image(engine):
    sources = staged_sources(engine.directory / "sources")
    return engine.docker("build", "--quiet", "--file", sources / "docker" / "Dockerfile", "--build-arg", "BINARIES=copy",
                         "--tag", "baton-lab", sources).stdout.strip()


@pytest.fixture
def command():
    """docker/lab, though there be no lab."""
    return Lab()


class Lab:
    """Through docker/lab, as people have it."""

    def __init__(self, engine=None):
        self.docker = engine and engine.docker

    def __call__(self, *words, status=0):
        done = subprocess.run([ROOT / "docker" / "lab", *words], capture_output=True, text=True, timeout=180)
        said = done.stdout + done.stderr
        if done.returncode != status:
            raise LabError(f"docker/lab {' '.join(words)}: status {done.returncode}: {said}")
        return said

    def holding(self):
        """{host: the virtual address it has}"""
        rows = [line.split() for line in self("status").splitlines()[1:]]
        return {row[0]: row[3] for row in rows if row[3:] and row[3].startswith("10.")}

    def holders(self, address):
        return [host for host, held in self.holding().items() if held == address]

    def await_holder(self, address, host):
        eventually(lambda: self.holders(address) == [host], f"{address} is on {host} alone", timeout=30, step=0.3)

    def mails(self):
        """{"taken from the client": 17, ...}"""
        return {line[:24].strip(): int(line[24:].split()[0]) for line in self("mails").splitlines()}


@pytest.fixture(scope="session")
def started(engine, image):
    os.environ["MAILS_PER_SECOND"] = "10"  # other tests run beside these
    lab = Lab(engine)
    lab("up")
    yield lab
    lab("down")


@pytest.fixture
def lab(started):
    """With all as it was at the start: each test mends what it has broken, and only after a failure is that done here."""
    if sorted(started.holding().items()) != [("lb1", "10.0.1.100"), ("mta1", "10.0.1.101")]:
        started("heal")
        started.await_holder("10.0.1.100", "lb1")
        started.await_holder("10.0.1.101", "mta1")
    return started


@pytest.fixture(scope="session")
def report_file():
    with opened_report("docker-report.txt", "Figures of the docker-compose lab", "w") as out:
        yield out


@pytest.fixture
def longest_wait(report_file, request):
    """Of the client, in milliseconds, as docker/lab told it; it is reported."""
    def read(said):
        found = WAIT.search(said)
        assert found, said
        print(said)
        reporter(report_file, request)(f"the client waited {found[1]} ms")
        return int(found[1].replace(" ", ""))
    return read
