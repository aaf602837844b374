"""Runs the shipped hooks of scripts/hooks/ as batond would: with its environment, on a host or here."""
import os
import subprocess
from pathlib import Path

from tests.lab.batond import ROOT
from tests.lab.network import in_namespace

HOOKS = ROOT / "scripts" / "hooks"
TOLD = {"BATON_NODE": "lb1", "BATON_INSTANCE": "VI_1", "BATON_GROUP": "", "BATON_REASON_CODE": "active_down_timer",
        "BATON_STATE": "active", "BATON_PREVIOUS_STATE": "backup",
        "BATON_REASON": "no advert for 3609 ms", "BATON_PRIORITY": "101", "BATON_INTERFACE": "eth0",
        "BATON_ADDRESSES": "10.0.1.100/24 fd00::100/64", "BATON_ACTIVE_ROUTER": "10.0.1.2", "BATON_TRANSITION": "7"}


def environment(event=None, more=None):
    """Of a hook; without an event, as by hand."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("BATON_")}
    return {**bare, **({**TOLD, "BATON_EVENT": event} if event else {}), **(more or {})}


def begin(name, *arguments, event=None, env=None, host=None, program=None):
    """Starts it, in a process group of its own like batond's."""
    argv = [str(program or HOOKS / name), *map(str, arguments)]
    return subprocess.Popen(in_namespace(host.name, argv) if host else argv, env=environment(event, env), text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True)


def hook(name, *arguments, event=None, env=None, host=None, program=None, timeout=120):
    """Runs it to its end, and answers status and output."""
    with begin(name, *arguments, event=event, env=env, host=host, program=program) as running:
        try:
            out, err = running.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def shipped():
    """The paths of all hooks."""
    return sorted(path for path in HOOKS.iterdir() if os.access(path, os.X_OK) and path.is_file())


def installed(directory):
    """A copy as it is after an installation: in another folder, and without anything else of the checkout."""
    for path in HOOKS.iterdir():
        if path.is_file():
            copy = Path(directory) / path.name
            copy.write_bytes(path.read_bytes())
            copy.chmod(path.stat().st_mode)
    return Path(directory)
