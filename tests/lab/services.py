"""The mail front of the lab: Debian's HAProxy on the load balancers, and mail sinks behind them."""
import shutil
import signal
import socket

from tests.lab.processes import LabError, eventually, program

HAPROXY = """\
global
    stats socket {directory}/haproxy.sock mode 600 level admin
    maxconn 2000

defaults
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend mail
    bind *:25
    mode tcp
    default_backend mail_backend

backend mail_backend
    mode tcp
    balance roundrobin
    option tcp-check
    server mail1 10.0.1.10:25 check
    server mail2 10.0.1.11:25 check backup
"""


class Haproxy:
    """Master and worker, as Debian's service runs them, without root's rights."""

    def __init__(self, host):
        self.host = host
        self.pidfile = host.directory / "haproxy.pid"
        self.config = host.directory / "haproxy.cfg"
        self.config.write_text(HAPROXY.format(directory=host.directory))
        self.socket = host.directory / "haproxy.sock"
        self._process = None

    def start(self):
        self._process = self.host.spawn("haproxy", ["haproxy", "-W", "-f", self.config, "-p", self.pidfile])
        eventually(self._listens, f"HAProxy on {self.host.name} listens on port 25")
        return self

    def stop(self):
        self._process.signal(signal.SIGTERM)
        return self._process.wait()

    def command(self, line):
        """What the runtime socket answers."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            connection.sendall(line.encode() + b"\n")
            with connection.makefile() as answer:
                return answer.read()

    def worker(self):
        """The process that does the work, as the kernel numbers it here."""
        return next(int(line.split()[1]) for line in self.command("show info").splitlines()
                    if line.startswith("Pid:"))

    def _listens(self):
        self._process.require_running()
        return listens(self.host)


class MailSink:
    """An SMTP server that takes every mail and keeps none."""

    def __init__(self, host):
        self._process = host.spawn("mail-sink", program("mail_sink", host.name))
        self.kill = self._process.end
        eventually(lambda: self._process.require_running() or listens(host),
                   f"the mail sink on {host.name} listens on port 25")


def listens(host, port=25):
    """Whether a TCP socket of the host listens on the port; asks the kernel (proc_net(5)), connects nowhere."""
    table = host.run("cat", "/proc/net/tcp").stdout.splitlines()[1:]
    rows = [line.split() for line in table]
    return any(row[3] == "0A" and row[1].endswith(f":{port:04X}") for row in rows)


def require_programs(*names):
    """Says what is missing, before anything is started."""
    missing = [str(name) for name in names if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    if missing:
        raise LabError(f"these programs are missing: {', '.join(missing)} (./dev installs and builds what it needs)")
