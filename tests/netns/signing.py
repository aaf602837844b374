"""Keys, and instances that sign with them: what the tests of signed adverts share."""
import os

import pytest

from tests.lab.adverts import make_keys
from tests.netns.test_protocols import node

KEYS = {1: bytes(range(32)), 2: bytes(range(64, 128)), 3: b"x" * 32}


def key_line(number, key=None):
    return f"{number} hex:{(key or KEYS[number]).hex()}"


def needs_root():
    """In a user namespace of an ordinary user, / belongs to nobody, and whoever owns / could replace a key file."""
    if os.stat("/").st_uid != 0:
        pytest.skip("key files need a root directory that belongs to root")


def write_keys(daemon, *lines):
    return make_keys(daemon.host.directory / "keys", *lines)


def sign(daemon, *lines, **more):
    """Has the daemon's instance sign; by default with key 1, enforcing."""
    keys = write_keys(daemon, *(lines or (key_line(1),)))
    daemon.config["instances"]["VI_1"]["authentication"] = {"type": "hmac", "keys": keys, **more}
    daemon.config["state_dir"] = str(daemon.host.directory / "state")
    daemon.write_config()
    return daemon


def signed_node(lab, form, number, priority, peers=(), lines=(), authentication=None, **settings):
    return sign(node(lab, form, number, priority, peers, **settings), *lines, **(authentication or {}))
