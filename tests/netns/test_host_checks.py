"""Checks of the host itself and of what is near it: pings, DNS, processes, files, units of systemd, certificates."""
import signal
import time

from tests.lab.batond import configuration, seconds
from tests.lab.network import run
from tests.lab.processes import eventually, program
from tests.netns.conftest import await_holder, heard

HOUR = "1h"  # of a check that must not wait for its interval


def lb1_with(lab, checks, track, **settings):
    """lb1, not started, with these checks; lb2, active as long as lb1 is not there."""
    config = configuration("lb1", priority=101, advert_interval="100ms", checks=checks, track=track, **settings)
    lb1 = lab.batond(lab.network.hosts.get("lb1") or lab.host("lb1", "10.0.1.2/24"), config)
    return lb1, lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms")


def started(lb1, lb2):
    lb1.start().wait_state("active")
    lb2.start().wait_state("backup")
    heard(lb2, 1)


def check_of(daemon, name):
    return next(check for check in daemon.status()["checks"] if check["name"] == name)


def says(daemon, name, *words, ok):
    """Waits for a result with these words, and gives its detail."""
    def seen():
        last = check_of(daemon, name)["last"]
        return last and last["ok"] == ok and all(word in last["detail"] for word in words) and last["detail"]
    return eventually(seen, f"check {name} says {', '.join(words)}")


def ready(process):
    """A program of the lab says so."""
    eventually(lambda: process.require_running() or "ready" in process.output(), f"{process.name} is ready")
    return process


def sleeper(host):
    """A process, and its pid file."""
    process = host.spawn("sleeper", ["sleep", "3600"])
    pid_file = host.directory / "sleeper.pid"
    pid_file.write_text(f"{process.pid}\n")
    name = f"/proc/{process.pid}/comm"
    eventually(lambda: host.run("cat", name).stdout == "sleep\n", "the sleeper has become sleep(1)")
    return process, pid_file


def test_the_end_of_a_process_counts_at_once(lab, report):
    process, pid_file = sleeper(lab.host("lb1", "10.0.1.2/24"))
    check = {"type": "process", "pid_file": str(pid_file), "name": "sleep", "interval": HOUR}
    lb1, lb2 = lb1_with(lab, {"sleeper": check}, [{"check": "sleeper"}])
    started(lb1, lb2)
    shown = check_of(lb1, "sleeper")
    assert (shown["type"], shown["state"]) == ("process", "up")
    assert shown["last"]["detail"] == f"sleep lives (process {process.pid})"
    assert shown["last"]["duration_ms"] >= 0
    killed = time.time()
    process.signal(signal.SIGKILL)
    fault = lb1.wait_state("fault")
    report(f"in fault {1000 * (seconds(fault['at']) - killed):.1f} ms after the process was killed")
    assert fault["reason"] == "check sleeper is down"
    assert says(lb1, "sleeper", "ended", ok=False) == f"{pid_file}: process {process.pid} has ended"
    lb2.wait_state("active")
    await_holder(lb2, lb1)


def test_a_process_that_is_not_the_one_meant(lab):
    """The number in a pid file that was left behind may be somebody else's by now."""
    _, pid_file = sleeper(lab.host("lb1", "10.0.1.2/24"))
    checks = {"sleeper": {"type": "process", "pid_file": str(pid_file), "name": "haproxy", "interval": HOUR}}
    lb1, _ = lb1_with(lab, checks, [{"check": "sleeper"}])
    lb1.start().wait_state("fault")
    says(lb1, "sleeper", 'is "sleep", not "haproxy"', ok=False)


def test_what_is_written_to_a_file_counts_at_once(lab, report):
    host = lab.host("lb1", "10.0.1.2/24")
    file = host.directory / "state" / "lb"
    file.parent.mkdir()
    file.write_text("up\n")
    checks = {"operator": {"type": "file", "path": str(file), "interval": HOUR}}
    lb1, lb2 = lb1_with(lab, checks, [{"check": "operator", "weight": -50}])
    started(lb1, lb2)
    assert (check_of(lb1, "operator")["type"], check_of(lb1, "operator")["state"]) == ("file", "up")

    def priority(value):
        eventually(lambda: lb1.instance()["priority"]["effective"] == value, f"the priority is {value}")
    host.run("sh", "-c", f"echo down > {file}")
    priority(51)
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    assert says(lb1, "operator", "says down", ok=False) == f"{file}: says down"
    written = file.stat().st_mtime
    report(f"down {1000 * (seconds(check_of(lb1, 'operator')['since']) - written):.1f} ms after it was written")
    host.run("sh", "-c", f"echo 7 > {file}.new && mv {file}.new {file}")
    priority(101)
    lb1.wait_state("active")
    file.unlink()
    priority(51)
    says(lb1, "operator", "No such file", ok=False)
    # By hand it counts as told, whatever is in the file.
    lb1.ctl("check", "operator", "up")
    priority(101)
    assert check_of(lb1, "operator")["set_by_hand"] == "up"
    lb1.ctl("check", "operator", "auto")
    priority(51)
    lb1.ctl("check", "operator", "down")
    file.write_text("up\n")
    says(lb1, "operator", "says up", ok=True)
    assert lb1.instance()["priority"]["effective"] == 51
    lb1.ctl("check", "operator", "auto")
    priority(101)


def test_a_gateway_that_answers_no_ping(lab):
    gateway = lab.host("gw", "10.0.1.1/24")
    check = {"type": "ping", "address": "10.0.1.1", "interval": "500ms", "timeout": "500ms", "fall": 2}
    lb1, lb2 = lb1_with(lab, {"gateway": check}, [{"check": "gateway"}])
    started(lb1, lb2)
    assert says(lb1, "gateway", "answers", ok=True)
    assert check_of(lb1, "gateway")["type"] == "ping"
    gateway.sysctl("ipv4/icmp_echo_ignore_all", 1)
    assert says(lb1, "gateway", "no answer", ok=False) == "timed out after 500ms: no answer from 10.0.1.1"
    lb1.wait_state("fault")
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    gateway.sysctl("ipv4/icmp_echo_ignore_all", 0)
    lb1.wait_state("active")
    await_holder(lb1, lb2)


def test_a_ping_over_ipv6_to_a_link_local_address(lab):
    gateway, host = lab.host("gw", "10.0.1.1/24"), lab.host("lb1", "10.0.1.2/24")
    gateway.enable_ipv6("fe80::1/64")
    host.enable_ipv6("fe80::2/64")
    check = {"type": "ping", "address": "fe80::1", "interface": "eth0", "interval": "500ms", "timeout": "500ms"}
    lb1, _ = lb1_with(lab, {"gateway": check}, [])
    lb1.start()
    says(lb1, "gateway", "answers", ok=True)
    gateway.ip("address del fe80::1/64 dev eth0")
    says(lb1, "gateway", "fe80::1", ok=False)


def test_a_dns_server_and_what_it_answers(lab):
    """Two instances track the check, which asks once for both."""
    server = lab.host("ns1", "10.0.1.53/24")
    serving = ready(server.spawn("dns", program("dns_server", "mail.example.org=10.0.1.100")))
    check = {"type": "dns", "address": "10.0.1.53", "name": "mail.example.org", "expect": "10.0.1.100",
             "timeout": "5s", "interval": HOUR}
    lb1, _ = lb1_with(lab, {"dns": check}, [{"check": "dns"}])
    lb1.config["instances"]["VI_2"] = {"interface": "eth0", "vrid": 52, "addresses": ["10.0.1.110/24"],
                                       "advert_interval": "100ms", "track": [{"check": "dns", "weight": -5}]}
    lb1.write_config()
    lb1.start().wait_state("active")
    lb1.wait_state("active", "VI_2")
    assert says(lb1, "dns", "10.0.1.100", ok=True) == "A of mail.example.org: 10.0.1.100"
    assert check_of(lb1, "dns")["type"] == "dns"
    assert serving.output().splitlines() == ["ready", "mail.example.org"]

    def changed(**settings):
        lb1.config["checks"]["dns"].update(settings)
        lb1.write_config()
        lb1.ctl("reload")
    changed(expect="10.0.1.101")
    assert says(lb1, "dns", "10.0.1.101", ok=False) == "A of mail.example.org: 10.0.1.100; not 10.0.1.101"
    lb1.wait_state("fault")
    assert lb1.instance("VI_2")["priority"]["effective"] == 95
    changed(name="nobody.example.org")
    assert says(lb1, "dns", "NXDOMAIN", ok=False) == "A of nobody.example.org: NXDOMAIN"
    changed(name="mail.example.org", expect="10.0.1.100")
    lb1.wait_state("active")
    serving.end()
    changed(interval="1s", timeout="1s")
    says(lb1, "dns", "10.0.1.53:53", "Connection refused", ok=False)
    lb1.wait_state("fault")


def test_a_check_that_runs_while_active(lab):
    """Where it does not run nobody waits for it; what it found holds on, until it is forgotten, here by hand."""
    config = {"type": "dns", "address": "127.0.0.1", "name": "here", "interval": "1s", "timeout": "1s",
              "run_while": "active", "hold_down": "1h"}
    servers = {}

    def serve(host):
        servers[host.name] = ready(host.spawn("dns", program("dns_server", "here=10.0.1.100")))

    def questions(daemon):
        return servers[daemon.host.name].output().count("here")

    def node(name, address, priority):
        serve(lab.host(name, address))
        return lab.batond(lab.network.hosts[name],
                          configuration(name, priority=priority, advert_interval="100ms", checks={"dns": config},
                                        track=[{"check": "dns"}]))
    lb1, lb2 = node("lb1", "10.0.1.2/24", 101), node("lb2", "10.0.1.3/24", 100)
    started(lb1, lb2)
    assert check_of(lb1, "dns")["run_while"] == "active"
    eventually(lambda: questions(lb1) >= 3, "the active node asks again and again")
    resting = check_of(lb2, "dns")
    assert (resting["state"], resting["runs"], resting["last"]) == ("unknown", False, None)
    assert questions(lb2) == 0
    assert "not running" in lb2.ctl("status").stdout
    servers["lb1"].end()
    lb1.wait_state("fault")
    lb2.wait_state("active")
    await_holder(lb2, lb1)
    eventually(lambda: questions(lb2) >= 3, "the new active node asks")
    held = check_of(lb1, "dns")
    assert (held["state"], held["runs"]) == ("down", False) and held["forgotten_at"]
    assert "down (until " in lb1.ctl("status").stdout
    serve(lb1.host)
    before = questions(lb1)
    sent = lb2.counters()["adverts_sent"]
    eventually(lambda: lb2.counters()["adverts_sent"] >= sent + 10, "lb2 advertises")
    assert lb1.state() == "fault" and questions(lb1) == before  # nobody looks, and nothing is forgotten
    lb1.ctl("check", "dns", "auto")
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    says(lb1, "dns", "10.0.1.100", ok=True)
    assert check_of(lb1, "dns")["state"] == "up"
    assert not check_of(lb2, "dns")["runs"]


BUS = """\
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy>
</busconfig>
"""


def test_a_unit_of_systemd(lab):
    host = lab.host("lb1", "10.0.1.2/24")
    bus, states, settings = (host.directory / name for name in ("bus", "states", "bus.conf"))
    settings.write_text(BUS.format(path=bus))
    states.write_text("mail.service active\n")
    host.spawn("bus", ["dbus-daemon", "--nofork", "--nopidfile", "--config-file", settings])
    eventually(bus.exists, "there is a bus")
    systemd = ready(host.spawn("systemd", program("unit_states", f"unix:path={bus}", states)))
    check = {"type": "systemd", "unit": "mail.service", "bus": str(bus), "interval": "1s", "timeout": "1s"}
    lb1, lb2 = lb1_with(lab, {"mail": check}, [{"check": "mail"}])
    started(lb1, lb2)
    assert says(lb1, "mail", "active", ok=True) == "mail.service is active"
    assert check_of(lb1, "mail")["type"] == "systemd"
    states.write_text("mail.service failed\n")
    assert says(lb1, "mail", "failed", ok=False) == "mail.service is failed (exit-code)"
    lb1.wait_state("fault")
    await_holder(lb2, lb1)
    states.write_text("mail.service reloading\n")
    lb1.wait_state("active")
    systemd.end()
    says(lb1, "mail", "mail.service", "org.freedesktop.systemd1", ok=False)
    lb1.wait_state("fault")


def identity(directory, name, authority=None):
    """A key and its certificate in one file, by openssl(1): self-signed, or signed by another one."""
    file = directory / f"{name}.pem"
    signed = ["-CA", authority, "-CAkey", authority, "-addext", "subjectAltName=IP:10.0.1.10"] if authority else []
    made = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", f"/CN={name}", *signed, "-keyout", directory / f"{name}.key"])
    file.write_text((directory / f"{name}.key").read_text() + made.stdout)
    return file


def test_a_ca_file_with_other_certificates_counts_at_the_next_reload(lab):
    """And nothing flaps: the check goes on from the state it has."""
    directory = lab.network.directory
    old, new = identity(directory, "old"), identity(directory, "new")
    of_old, of_new = identity(directory, "of-old", old), identity(directory, "of-new", new)
    served, trusted = directory / "served.pem", directory / "trusted.pem"
    served.write_text(of_old.read_text())
    trusted.write_text(old.read_text())
    ready(lab.host("web", "10.0.1.10/24").spawn("web", program("tls_server", served)))
    check = {"type": "http", "address": "10.0.1.10", "tls": True, "ca_file": str(trusted), "interval": "1s",
             "timeout": "1s"}
    lb1, lb2 = lb1_with(lab, {"web": check}, [{"check": "web", "weight": -20}])
    started(lb1, lb2)
    before = check_of(lb1, "web")
    assert "nothing has changed" in lb1.ctl("reload").stdout
    heard(lb2, 5)
    after = check_of(lb1, "web")
    assert (after["state"], after["since"]) == ("up", before["since"])
    trusted.write_text(new.read_text())
    served.write_text(of_new.read_text())
    says(lb1, "web", "its certificate was not accepted", ok=False)
    lb2.wait_state("active")
    change = f"check web is changed (ca_file); there are other certificates in {trusted}"
    for words in (["--dry-run"], []):
        assert change in lb1.ctl("reload", *words).stdout
    says(lb1, "web", "204", ok=True)
    lb1.wait_state("active")
    await_holder(lb1, lb2)
    since = check_of(lb1, "web")["since"]
    trusted.write_text("no certificate\n")
    refused = lb1.ctl("reload", check=False)
    assert refused.returncode == 78 and "/checks/web/ca_file" in refused.stderr
    heard(lb2, 5)
    assert (check_of(lb1, "web")["state"], check_of(lb1, "web")["since"]) == ("up", since)
