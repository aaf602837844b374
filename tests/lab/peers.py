"""Other programs, on hosts of the lab: real keepalived and real FRR (zebra and vrrpd), which speak VRRP.

Their binaries stand under BATON_PEERS (build/peers unless set), where ./dev unpacks Debian's packages. Neither
may share anything with another on the same machine, so each has its own configuration, pid files, sockets and
temporary files in its host's directory.

Both have the same life as Batond: start(), state(), holds(), stop(), kill(). States are told in baton's words.
"""
import json
import os
import signal
import socket
from pathlib import Path

from tests.lab.batond import ROOT, VIP
from tests.lab.network import run
from tests.lab.processes import LabError, eventually

PEERS = Path(os.environ.get("BATON_PEERS", ROOT / "build" / "peers")).resolve()


def peer_program(path):
    """The path of one of their programs; says how to get it where it is missing."""
    found = PEERS / path
    if not found.exists():
        raise LabError(f"{found} is missing; ./dev interop unpacks it (BATON_PEERS names another folder)")
    return found


class Keepalived:
    """Only its VRRP half, in the foreground; it says what it does on a FIFO and, by signal, in JSON."""

    STATES = {"MASTER": "active", "BACKUP": "backup", "FAULT": "fault", "STOP": "initialize"}
    announces_again = True  # when it has won a conflict
    loses_first_advert = False  # when it becomes Master
    DUMP_JSON = signal.SIGRTMIN + 2  # `keepalived --signum=JSON`
    COUNTS_FAULTS = ("packet_len_err", "advert_interval_err", "ip_ttl_err", "invalid_type_rcvd", "addr_list_err",
                     "invalid_authtype", "authtype_mismatch", "auth_failure")

    def __init__(self, host, source, priority, interval, preempt=True, version=3, addresses=(f"{VIP}/24",),
                 password=None, unicast_peers=()):
        """`interval` in seconds; `source` is the address of this host that adverts come from."""
        self.host = host
        self.source = source
        self.label = "keepalived"
        self.log = host.directory / "keepalived.log"
        self._directory = host.directory / "keepalived"
        self._directory.mkdir()
        self._fifo = self._directory / "notify"
        self._said = ""
        self._reader = None
        self._process = None
        self._config = self._directory / "keepalived.conf"
        # With "nopreempt" it insists on BACKUP as its first state.
        more = ["state MASTER" if priority > 100 else "state BACKUP"] if preempt else ["state BACKUP", "nopreempt"]
        if password is not None:
            more += ["authentication {", "auth_type PASS", f"auth_pass {password}", "}"]
        if unicast_peers:
            more += [f"unicast_src_ip {source}", "unicast_peer {", *unicast_peers, "}"]
        self._config.write_text("\n".join([
            "global_defs {", f"router_id {host.name}", f"vrrp_version {version}", f"vrrp_notify_fifo {self._fifo}", "}",
            "vrrp_instance VI_1 {", "interface eth0", "virtual_router_id 51", f"priority {priority}",
            f"advert_int {interval:g}", *more, "virtual_ipaddress {", *addresses, "}", "}", ""]))

    def start(self):
        # What a killed one left behind: a pid file may name a process that nobody has waited for yet.
        for left in (self._fifo, *self._directory.glob("*.pid")):
            left.unlink(missing_ok=True)
        argv = [peer_program("usr/sbin/keepalived"), "--dont-fork", "--log-console", "--log-detail", "--no-syslog",
                "--vrrp", "--use-file", self._config]
        for option in ("pid", "vrrp_pid", "checkers_pid", "bfd_pid"):  # two daemons clash even on those they do not use
            argv += [f"--{option}", self._directory / f"{option}.pid"]
        self._process = self.host.spawn("keepalived", argv, env={"TMPDIR": str(self._directory)})
        eventually(lambda: self._process.require_running() or self._fifo.exists(),
                   f"keepalived on {self.host.name} makes its FIFO")
        if self._reader is not None:
            os.close(self._reader)
        self._reader = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)
        self._said = ""
        eventually(self.state, f"keepalived on {self.host.name} tells its first state")
        return self

    def running(self):
        return self._process is not None and self._process.running()

    def state(self):
        """What it said last on the FIFO, which (unlike its notify scripts) keeps the order; None before that."""
        self._process.require_running()
        try:
            self._said += os.read(self._reader, 65536).decode()
        except BlockingIOError:
            pass
        # INSTANCE "VI_1" MASTER 101; some words, such as MASTER_RX_LOWER_PRI, tell of an event, not of a state.
        whole = self._said.rpartition("\n")[0].splitlines()
        told = [self.STATES[word] for word in (line.split()[2] for line in whole) if word in self.STATES]
        return told[-1] if told else None

    def holds(self, address):
        return self.host.holds(address)

    def mac(self):
        """The hardware address that clients find the virtual address at."""
        return self.host.mac()

    def statistics(self):
        dump = self._directory / "keepalived.json"
        dump.unlink(missing_ok=True)
        self._process.signal(self.DUMP_JSON)

        def read():
            try:
                return json.loads(dump.read_text())
            except (OSError, ValueError):  # not there yet, or half of it
                return None
        return eventually(read, f"keepalived on {self.host.name} writes {dump}")[0]["stats"]

    def faults_found(self):
        """What it found wrong with the adverts it heard, as it counts them: {name: count}, without zeros."""
        statistics = self.statistics()
        return {name: statistics[name] for name in self.COUNTS_FAULTS if statistics[name]}

    def stop(self):
        self._process.signal(signal.SIGTERM)
        return self._process.wait()

    def kill(self):
        """Ends it without a word. Its parent process must not see its child die, nor the child its parent: the
        one would start another, the other would resign."""
        child = int((self._directory / "vrrp_pid.pid").read_text())
        self._process.signal(signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        self._process.signal(signal.SIGKILL)
        return self._process.wait()


class Frr:
    """zebra, which does its netlink, and vrrpd. Both run as root of the lab's namespaces.

    vrrpd adds no address. It expects a macvlan with the virtual MAC that has the address already, and lets the
    kernel use that only while it is Master (ip-link(8), protodown). This makes and removes the macvlan.
    """

    STATES = {"Master": "active", "Backup": "backup", "Initialize": "initialize"}
    announces_again = False  # it does so only when it becomes Master
    # As Debian builds it, it insists on a group "frrvty" that its user is in, and writes to /var/tmp/frr. It gets
    # both in a mount namespace, so that the machine needs neither. Its sockets and pid files have options.
    ENTER = 'mount --bind "$0" /etc/group && mount -t tmpfs tmpfs /var/tmp && exec "$@"'

    def __init__(self, host, source, priority, interval, preempt=True, version=3, addresses=(f"{VIP}/24",)):
        """`interval` in seconds. Adverts come from `source`, an address of this host; with IPv6 from a link-local
        address of the macvlan instead, which is made from it."""
        self.host = host
        self._addresses = [address.split("/")[0] for address in addresses]
        self._family = 6 if ":" in source else 4
        self.source = source if self._family == 4 else f"{source}:51"
        # It sends one before the macvlan's addresses are back in use; its announcements do get out.
        self.loses_first_advert = self._family == 6
        self._macvlan = f"vrrp{self._family}-51"
        self._mac = "00:00:5e:00:01:33" if self._family == 4 else "00:00:5e:00:02:33"
        self.label = "vrrpd"
        self.log = host.directory / "vrrpd.log"
        self._directory = host.directory / "frr"
        self._directory.mkdir(mode=0o700)
        self._vrrpd = self._zebra = None
        groups = self._directory / "group"
        groups.write_text(Path("/etc/group").read_text() + "frrvty:x:0:root\n")
        (self._directory / "zebra.conf").write_text("\n")
        (self._directory / "vrrpd.conf").write_text("\n".join([
            "interface eth0", f"vrrp 51 version {version}", f"vrrp 51 priority {priority}",
            f"vrrp 51 advertisement-interval {round(interval * 1000)}",
            *(f"vrrp 51 {'ip' if self._family == 4 else 'ipv6'} {address}" for address in self._addresses),
            *([] if preempt else ["no vrrp 51 preempt"]), ""]))
        # The address stays in the kernel's tables while the macvlan is down, and by default every interface answers
        # for every address of its host.
        host.sysctl("ipv4/conf/all/arp_ignore", 1)

    def start(self):
        self.host.ip(f"link add {self._macvlan} link eth0 address {self._mac} type macvlan mode bridge")
        if self._family == 4:
            for address in self._addresses:
                self.host.ip(f"address add {address}/32 dev {self._macvlan}")
        else:
            # The kernel lists those that came last first, and vrrpd sends from the first link-local one.
            self.host.enable_ipv6(*(f"{address}/64" for address in (*self._addresses, self.source)),
                                  interface=self._macvlan)
        self.host.ip(f"link set {self._macvlan} up")
        self._zebra = self._spawn("zebra")
        eventually(lambda: self._zebra.require_running() or (self._directory / "zserv.api").exists(),
                   f"zebra on {self.host.name} listens")
        self._vrrpd = self._spawn("vrrpd")
        eventually(self._takes_part, f"vrrpd on {self.host.name} takes part")
        return self

    def _spawn(self, name):
        libraries = next(PEERS.glob("usr/lib/*/frr/libfrr.so.0"), PEERS / "libfrr.so.0").parent
        argv = ["unshare", "--mount", "--", "sh", "-c", self.ENTER, self._directory / "group",
                peer_program(f"usr/lib/frr/{name}"), "--user", "root", "--group", "root", "--log", "stdout",
                "--config_file", self._directory / f"{name}.conf", "--pid_file", self._directory / f"{name}.pid",
                "--socket", self._directory / "zserv.api", "--vty_socket", self._directory, "--vty_port", "0"]
        return self.host.spawn(name, argv, env={"LD_LIBRARY_PATH": str(libraries)})

    def _takes_part(self):
        self._vrrpd.require_running()
        try:
            return self.state() not in (None, "initialize")
        except OSError:  # the socket is not there yet
            return False

    def running(self):
        return self._vrrpd is not None and self._vrrpd.running()

    def ask(self, command):
        """The answer to a command, as vtysh asks it: the text ends with three NULs and a status. vtysh itself would
        want a PAM configuration."""
        with socket.socket(socket.AF_UNIX) as vty:
            vty.settimeout(5)
            vty.connect(str(self._directory / "vrrpd.vty"))
            answer = b""
            for line in ("enable", command):
                vty.sendall(line.encode() + b"\0")
                answer = b""
                while answer[-4:-1] != b"\0\0\0":
                    part = vty.recv(65536)
                    if not part:
                        raise LabError(f"vrrpd on {self.host.name} hung up on {line!r}; its log: {self.log}")
                    answer += part
        return answer[:-4].decode()

    def router(self):
        """`show vrrp` for its one virtual router, or None before it has one."""
        routers = json.loads(self.ask("show vrrp json"))
        return routers[0][f"v{self._family}"] if routers else None

    def state(self):
        self._vrrpd.require_running()
        router = self.router()
        return self.STATES[router["status"]] if router else None

    def holds(self, address):
        """Whether the kernel lets it use the address: the macvlan has a carrier."""
        shown = run(["ip", "-n", self.host.name, "link", "show", "dev", self._macvlan], check=False).stdout
        return "LOWER_UP" in shown and self.host.holds(address, self._macvlan)

    def mac(self):
        return self._mac

    def faults_found(self):
        return {}  # it only logs them, when told to debug

    def stop(self):
        self._vrrpd.signal(signal.SIGTERM)
        status = self._vrrpd.wait()
        self._clear()
        return status

    def kill(self):
        self._vrrpd.signal(signal.SIGKILL)
        status = self._vrrpd.wait()
        self._clear()
        return status

    def _clear(self):
        self._zebra.end()
        (self._directory / "zserv.api").unlink(missing_ok=True)
        self.host.ip(f"link delete {self._macvlan}", check=False)
