"""Real Postfix on a host of the lab, and its two tools for tests: smtp-source, which sends, and smtp-sink, which takes.

Its programs stand under BATON_PEERS (build/peers unless set), where ./dev unpacks Debian's package: nothing of it is
installed, and no user is made; it runs as users every Debian has. Each instance has its own configuration, queue
and log, so that any number of them run side by side. Its processes become other users, so it needs the machine's
root; an ordinary user's namespace has only one user (can_run). No mail leaves the lab. postconf(5), master(5).
"""
import contextlib
import json
import os
import shutil
import signal
import stat
from pathlib import Path

from tests.lab.network import run
from tests.lab.peers import PEERS, peer_program
from tests.lab.processes import LabError, eventually
from tests.lab.services import listens

OWNER, DROP_GROUP = "mail", "uucp"  # neither root's nor nobody's, who is Postfix's default_privs
LIBRARIES = PEERS / "usr" / "lib" / "postfix"
NO_LIMIT = "-"

SERVICES = """\
pickup   unix n - n 60    1 pickup
cleanup  unix n - n -     0 cleanup
qmgr     unix n - n 300   1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n -     - trivial-rewrite
bounce   unix - - n -     0 bounce
defer    unix - - n -     0 bounce
trace    unix - - n -     0 bounce
verify   unix - - n -     1 verify
flush    unix n - n 1000? 0 flush
proxymap unix - - n -     - proxymap
smtp     unix - - n -     - smtp
relay    unix - - n -     - smtp
showq    unix n - n -     - showq
error    unix - - n -     - error
retry    unix - - n -     - error
discard  unix - - n -     - discard
anvil    unix - - n -     1 anvil
scache   unix - - n -     1 scache
postlog  unix-dgram n - n - 1 postlogd
"""


def can_run():
    """Whether the machine lets a process become another user, as Postfix's do (user_namespaces(7))."""
    mapped = Path("/proc/self/uid_map").read_text().split()
    return os.geteuid() == 0 and int(mapped[2]) > 1


def command(name, *arguments):
    """The argv of one of its programs, which must find their libraries."""
    return ["env", f"LD_LIBRARY_PATH={LIBRARIES}", peer_program(f"usr/sbin/{name}"), *map(str, arguments)]


def smtp_source(host, server, mails=1, sessions=1, *options, recipient="user@example.org", timeout=60):
    """Sends `mails` mails over as many connections at once as `sessions` says; `server` is "10.0.1.10:25". LabError if
    one was not taken. smtp-source(1)."""
    options = ("-m", mails, "-s", sessions, "-f", "probe@client.lab", "-t", recipient, *options)
    return host.run(*command("smtp-source", *options, server), timeout=timeout)


class SmtpSink:
    """A server that takes every mail and keeps none, unless the options say otherwise. smtp-sink(1)."""

    def __init__(self, host, port=25, *options, address="0.0.0.0", label="smtp-sink"):
        self._process = host.spawn(label, command("smtp-sink", "-u", OWNER, *options, f"{address}:{port}", 200))
        self.kill = self._process.end
        eventually(lambda: self._process.require_running() or listens(host, port),
                   f"smtp-sink on {host.name} listens on port {port}")


class Postfix:
    """Takes mail for example.org and throws it away, unless `settings`, which go to main.cf, say otherwise.

    It listens on port 25, and where listen() says. What is changed later is read at the next start() or reload().
    """

    def __init__(self, host, settings=None, label="postfix"):
        if not can_run():
            raise LabError("Postfix needs to become other users, which only the machine's root may")
        self.host = host
        self.label = label
        self.directory = host.directory / label
        self.config = self.directory / "etc"
        self.log = self.directory / "maillog"
        self.settings = {**self._settings_of_the_lab(), **(settings or {})}
        self._listeners = {}
        self._process = None
        self.listen(25)
        # Its users must get to its queue, in a folder that is otherwise closed to them.
        host.network.directory.chmod(host.network.directory.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
        for directory in (self.directory, self.config, self.directory / "queue", self.directory / "data"):
            directory.mkdir()
        shutil.chown(self.directory / "data", OWNER)

    def _settings_of_the_lab(self):
        return {
            "compatibility_level": "3.6",
            "config_directory": self.config,
            "queue_directory": self.directory / "queue",
            "data_directory": self.directory / "data",
            "daemon_directory": LIBRARIES / "sbin",
            "command_directory": PEERS / "usr/sbin",
            "meta_directory": PEERS / "etc/postfix",
            "shlib_directory": LIBRARIES,
            "sendmail_path": PEERS / "usr/sbin/sendmail",
            "newaliases_path": PEERS / "usr/sbin/sendmail",
            "mailq_path": PEERS / "usr/sbin/postqueue",
            "maillog_file": self.log,
            "maillog_file_prefixes": self.directory,
            # The package's programs look for their libraries where they were not unpacked to.
            "import_environment": "MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH",
            "export_environment": "MAIL_CONFIG TZ LANG LD_LIBRARY_PATH",
            "mail_owner": OWNER,
            "setgid_group": DROP_GROUP,
            "myhostname": f"{self.host.name}.example.org",
            "mydestination": "example.org $myhostname",
            "notify_classes": "",  # no mails to the postmaster about what a test breaks
            "mynetworks": "127.0.0.0/8 10.0.1.0/24 [fd00::]/16",
            "local_recipient_maps": "",
            "local_transport": "discard",
            "alias_maps": "",
            "inet_protocols": "all",
            "smtpd_peername_lookup": "no",  # there is no DNS in the lab
            "smtp_dns_support_level": "disabled",
            "smtp_host_lookup": "native",
            "smtputf8_enable": "no",
        }

    def listen(self, port, limit=NO_LIMIT, **options):
        """Serves SMTP on one more port, or otherwise on one it has: at most `limit` clients at once, and with settings
        of that port alone, such as smtpd_tls_wrappermode="yes"."""
        self._listeners[port] = (limit, options)
        return self

    def write_config(self):
        lines = [f"{key} = {value}" for key, value in self.settings.items()]
        listeners = []
        for port, (limit, options) in self._listeners.items():
            listeners.append(f"{port} inet n - n - {limit} smtpd")
            listeners += [f"  -o {{ {key} = {value} }}" for key, value in options.items()]
        self._write("main.cf", "\n".join(lines) + "\n")
        self._write("master.cf", "\n".join(listeners) + "\n" + SERVICES)

    def _write(self, name, text):
        """What has just been written Postfix reads again and again, until it is a second old: so it is older."""
        file = self.config / name
        file.write_text(text)
        os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 60))

    def start(self):
        """As `postfix start` does it, but in the foreground and without the shell between: what is watched here is the
        master itself, which the kernel ends with the lab."""
        self.write_config()
        if not (self.directory / "queue" / "pid").exists():
            self.postfix("check")  # makes the folders
        environment = {"LD_LIBRARY_PATH": str(LIBRARIES), "MAIL_CONFIG": str(self.config)}
        self._process = self.host.spawn(self.label, [peer_program("usr/lib/postfix/sbin/master"), "-s"], environment)
        eventually(self._listens, f"Postfix on {self.host.name} listens on all its ports; its log: {self.log}")
        return self

    def _listens(self):
        self._process.require_running()
        return all(listens(self.host, port) for port in self._listeners)

    def running(self):
        return self._process is not None and self._process.running()

    @property
    def pid(self):
        """That of its master."""
        return self._process.pid

    def reload(self):
        """Takes over what was changed; a process in the middle of a session first ends that."""
        self.write_config()
        self._process.signal(signal.SIGHUP)

    def stop(self):
        """As `postfix stop` does it; sessions that are under way are cut off."""
        self._end(signal.SIGTERM)

    def kill(self):
        """Ends it without a word, with all its processes."""
        self._end(signal.SIGKILL)

    def _end(self, number):
        self._process.signal(number)
        self._process.wait()
        eventually(self._none_left, f"the processes of Postfix on {self.host.name} end")

    def _none_left(self):
        left = self.pids()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    def pids(self):
        """All its processes, by the configuration each has in its environment (proc_pid_environ(5))."""
        mark = f"MAIL_CONFIG={self.config}".encode()
        found = []
        for pid in run(["ip", "netns", "pids", self.host.name]).stdout.split():
            try:
                if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    found.append(int(pid))
            except OSError:  # it has ended
                pass
        return found

    def postfix(self, *words, check=True):
        """Runs `postfix -c DIRECTORY ...` on its host: "check", "flush", and also "start" and "stop", as an operator
        does it; a Postfix so started is ended by "stop" or with the lab."""
        return self.host.run(*command("postfix", "-c", self.config, *words), check=check)

    def tool(self, name, *words, check=True):
        """Runs another of its commands: tool("postsuper", "-d", "ALL")."""
        return self.host.run(*command(name, "-c", self.config, *words), check=check)

    def queue(self):
        """The mails it has and could not pass on yet, as `postqueue -j` tells them: {"queue_name", "queue_id",
        "sender", "recipients": [{"address", "delay_reason"}], ...}. It must be running."""
        return [json.loads(line) for line in self.tool("postqueue", "-j").stdout.splitlines()]

    def said(self):
        """Its log so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""
