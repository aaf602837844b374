"""A short form of `./dev load` (tests/lab/load.py)."""
from tests.lab import load
from tests.lab.processes import eventually


def test_checks_move_no_address(lab, report):
    """How late adverts are is as much the machine's matter as baton's, and only told. That nothing moves is not."""
    found = load.measure(lab.network, 2, 20, 100)
    report(f"20 instances with adverts every 100 ms beside 100 checks a second: {load.share(found.gaps, 0.99):.2f} ms "
           f"(99 %), {found.gaps[-1]:.2f} ms at the most, from one to the next")
    assert found.moves == 0
    assert len(found.gaps) >= 20 * 10


def test_checks_keep_no_port(lab):
    """Whoever closes a TCP connection first keeps its port for a minute; checks that run often would use up all."""
    servers = load.Servers(lab.network)
    often = {"address": load.SERVER, "interval": "50ms", "timeout": "50ms", "fall": 100}  # the machine may be busy
    node = lab.node("lb1", "10.0.1.2/24")
    node.config["checks"] = {
        "connect": {"type": "tcp", "port": 25, **often},
        "banner": {"type": "tcp", "port": 25, "expect": "220", "source_address": "10.0.1.2", **often},
        "silent": {"type": "tcp", "port": load.SILENT_PORT, "expect": "220", **often},
        "web": {"type": "http", "body": "ready", **often},
        "tls": {"type": "http", "tls": True, "ca_file": servers.ca_file, "server_name": load.SERVER_NAME, **often,
                "interval": "500ms", "timeout": "500ms"},
        "mail": {"type": "smtp", **often, "interval": "500ms", "timeout": "500ms"}}
    node.write_config()
    node.start().wait_state("active")

    def opened():
        names, numbers = [line.split() for line in node.host.run("cat", "/proc/net/snmp").stdout.splitlines()
                          if line.startswith("Tcp:")]
        return int(numbers[names.index("ActiveOpens")])

    before = opened()
    eventually(lambda: opened() - before > 200, "the checks have made 200 connections", 60)
    eventually(lambda: {one["name"] for one in node.status()["checks"] if one["state"] == "up"} == {
        "connect", "banner", "web", "tls", "mail"}, "what must be well is")
    assert node.host.run("ss", "-Htan", "state", "time-wait").stdout == ""
