"""A network in a box: hosts as named namespaces, each with veth pairs to bridges in a namespace of their own.

    lb1 eth0 ----- lb1.eth0 +-----+
    lb2 eth0 ----- lb2.eth0 | br0 |   (namespace "lan")
    ...                     +-----+

Sends nothing to anywhere outside: there is no way out of these namespaces. See ip-netns(8), veth(4).
"""
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.lab.processes import LabError, Process, eventually

LAN = "lan"


def in_namespace(name, argv):
    return ["nsenter", f"--net=/run/netns/{name}", "--", *map(str, argv)]


def run(argv, check=True, timeout=30, stdin=None):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=timeout, input=stdin)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(map(str, argv))}: status {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return done


class Host:
    """One namespace. Addresses are given as "10.0.1.2/24"."""

    def __init__(self, network, name):
        self.network = network
        self.name = name
        self.directory = network.directory / name
        self.directory.mkdir()
        self.sysctl("ipv6/conf/all/disable_ipv6", 1)
        self.sysctl("ipv4/conf/all/rp_filter", 0)
        self.sysctl("ipv4/conf/default/rp_filter", 0)
        self.ip("link set lo up")

    def run(self, *argv, check=True, timeout=30, stdin=None):
        """Runs to the end, and answers status and output."""
        return run(in_namespace(self.name, argv), check, timeout, stdin)

    def spawn(self, label, argv, env=None):
        """Runs beside the lab, until it is ended or the lab closes."""
        log = self.directory / f"{label}.log"
        return self.network.own(Process(f"{label} on {self.name}", in_namespace(self.name, argv), log, env))

    def ip(self, words, check=True):
        return run(["ip", "-n", self.name, *words.split()], check)

    def sysctl(self, key, value):
        self.run("sh", "-c", f'echo "$1" > /proc/sys/net/{key}', "sh", value)

    def enable_ipv6(self, *addresses, interface="eth0"):
        """IPv6 with these addresses alone, usable at once: no duplicate address detection, none made up."""
        self.sysctl("ipv6/conf/all/disable_ipv6", 0)
        self.sysctl(f"ipv6/conf/{interface}/addr_gen_mode", 1)
        self.sysctl(f"ipv6/conf/{interface}/disable_ipv6", 0)
        for address in addresses:
            self.ip(f"address add {address} dev {interface} nodad")

    def addresses(self, interface="eth0", family=4):
        """What the kernel has, as ["10.0.1.2/24", ...]."""
        shown = json.loads(self.ip(f"-j -{family} address show dev {interface}").stdout)
        return [f"{one['local']}/{one['prefixlen']}" for link in shown for one in link.get("addr_info", [])]

    def holds(self, address, interface="eth0"):
        family = 6 if ":" in address else 4
        return any(held.split("/")[0] == address.split("/")[0] for held in self.addresses(interface, family))

    def mac(self, interface="eth0"):
        return json.loads(self.ip(f"-j link show dev {interface}").stdout)[0]["address"]

    # The other end of the cable.
    def port(self, interface="eth0"):
        return f"{self.name}.{interface}"

    def cut(self, interface="eth0"):
        """Pulls the cable: the host loses its carrier."""
        self.network.ip(f"link set {self.port(interface)} down")

    def restore(self, interface="eth0"):
        self.network.ip(f"link set {self.port(interface)} up")

    def partition(self, interface="eth0"):
        """Nothing gets through any more, but the carrier stays."""
        self.network.ip(f"link set {self.port(interface)} nomaster")

    def heal(self, interface="eth0"):
        self.network.ip(f"link set {self.port(interface)} master {self.network.bridge_of[self.port(interface)]}")


class Network:
    """The bridges, the hosts and every process on them. Use it as a context: leaving it removes all."""

    def __init__(self):
        if os.environ.get("BATON_LAB") != "inside":
            raise LabError("the lab makes network namespaces; run this through tests/lab/enter")
        # Short, because a Unix socket's path in here must fit into 108 characters.
        self.directory = Path(tempfile.mkdtemp(prefix="baton-lab-"))
        self.hosts = {}
        self.bridge_of = {}
        self._processes = []
        self._namespaces = []
        try:
            self._add_namespace(LAN)
            self.add_bridge("br0")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()

    def ip(self, words):
        """An ip(8) command among the bridges."""
        return run(["ip", "-n", LAN, *words.split()])

    def own(self, process):
        self._processes.append(process)
        return process

    def add_bridge(self, name):
        # Without snooping a bridge floods multicast, as a simple switch does.
        self.ip(f"link add {name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0")
        self.ip(f"link set {name} up")

    def add_host(self, name, address=None):
        self._add_namespace(name)
        host = self.hosts[name] = Host(self, name)
        if address:
            self.connect(host, "eth0", address)
        return host

    def connect(self, host, interface, address, bridge="br0"):
        """Gives a host one more interface, and an address on it."""
        port = host.port(interface)
        self.ip(f"link add {port} type veth peer name {interface} netns {host.name}")
        self.ip(f"link set {port} master {bridge} up")
        self.bridge_of[port] = bridge
        host.ip(f"link set {interface} up")
        host.ip(f"address add {address} dev {interface}")
        # A veth has its carrier a moment after it is up.
        eventually(lambda: "LOWER_UP" in host.ip(f"link show dev {interface}").stdout, f"{port} has a carrier")

    def close(self, keep_logs=False):
        """Ends every process, removes every namespace and, unless they are to be kept, the logs."""
        for process in reversed(self._processes):
            process.end()
        self._processes.clear()
        for name in reversed(self._namespaces):
            self._kill_all_in(name)
            run(["ip", "netns", "delete", name], check=False)
        self._namespaces.clear()
        if not keep_logs:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _add_namespace(self, name):
        run(["ip", "netns", "add", name])
        self._namespaces.append(name)

    def _kill_all_in(self, name):
        """What the processes themselves have left behind; these namespaces are ours, so all in them is too."""
        for pid in run(["ip", "netns", "pids", name], check=False).stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
