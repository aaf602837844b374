#!/usr/bin/env python3
"""Records what a real HAProxy answers to "show info" and "show stat", as data for the unit tests of health/.

    tests/lab/enter tests/unit/health/haproxy/record.py [DIRECTORY]

Runs haproxy on 127.0.0.1 and brings it into each state that matters: servers down, on their way, disabled, draining,
steered by an agent, a frontend paused and stopped, sessions and queues full, a soft stop. Takes some 15 seconds.
"""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CONFIG = """\
global
    stats socket {directory}/admin.sock mode 600 level admin
    maxconn 200
    node lb1
    description "mail: the \\"front\\""

defaults
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    mode tcp

frontend smtp
    bind 127.0.0.1:2525
    maxconn 50
    default_backend mail_backend

frontend submission
    bind 127.0.0.1:2587
    option socket-stats
    default_backend mail_backend

backend mail_backend
    server mta1 127.0.0.1:2601 check inter 100ms rise 2 fall 2 maxconn 4
    server mta2 127.0.0.1:2602 check inter 100ms rise 2 fall 2 maxconn 4 backup

backend slow_backend
    server slow1 127.0.0.1:2602 check inter 500ms rise 3 fall 3

backend agent_backend
    server agent1 127.0.0.1:2603 check inter 100ms agent-check agent-inter 100ms agent-port 2604
    server plain1 127.0.0.1:2603
    server zero1 127.0.0.1:2603 weight 0
    server via1 127.0.0.1:2603 track mail_backend/mta1

backend http_backend
    mode http
    option httpchk GET /
    http-check disable-on-404
    server web1 127.0.0.1:2605 check inter 100ms

backend quoting_backend
    option tcp-check
    tcp-check expect string "220 ," comment "wants a \\"220 ,\\""
    server odd1 127.0.0.1:2606 check inter 100ms fall 1

backend empty_backend
"""


class Port:
    """A TCP server that sends `answer` to whoever connects; it keeps the connection when there is none."""

    def __init__(self, number, answer=b"", hears_first=False):
        self.answer, self.hears_first, self._number, self._kept = answer, hears_first, number, []
        self.open()

    def open(self):
        self._listener = socket.create_server(("127.0.0.1", self._number))
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()

    def _serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
                if self.hears_first:
                    connection.recv(4096)
                connection.sendall(self.answer)
            except OSError:
                if listener.fileno() < 0:
                    return
                continue
            if self.answer:
                connection.close()
            else:
                self._kept.append(connection)


class Recorder:
    def __init__(self, directory, target):
        self.socket, self.target = f"{directory}/admin.sock", target

    def ask(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            connection.sendall(command.encode() + b"\n")
            return connection.makefile("rb").read()

    def record(self, name, command="show stat"):
        (self.target / name).write_bytes(self.ask(command))

    def until(self, row, status):
        """Waits until that server (backend/name) or frontend has that status."""
        proxy, server = row.split("/")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for line in self.ask("show stat").decode().splitlines():
                fields = line.split(",")
                if fields[:2] == [proxy, server] and fields[17].startswith(status):
                    return
            time.sleep(0.02)
        sys.exit(f"{row} has not become {status}")


def record_soft_stop(recorder, process):
    """A stopping HAProxy listens no more, but answers whoever is connected already."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(recorder.socket)
        connection.sendall(b"prompt\n")
        connection.recv(100)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        for command, name in (("info", "stopping.info"), ("stat", "stopping.csv")):
            connection.sendall(f"show {command}\n".encode())
            time.sleep(0.3)
            (recorder.target / name).write_bytes(connection.recv(1 << 20).removesuffix(b"> "))


def record_all(recorder, process):
    mta1, mta2, agent = Port(2601), Port(2602), Port(2604, b"up ready 100%\n")
    web = Port(2605, b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", hears_first=True)
    Port(2603), Port(2606, b"554 no\r\n")
    recorder.until("mail_backend/mta1", "UP")
    time.sleep(2)
    for name, command in (("up.info", "show info"), ("up.csv", "show stat"), ("up.both", "show info;show stat"),
                          ("unknown.txt", "show states")):
        recorder.record(name, command)
    mta1.close()
    recorder.until("mail_backend/mta1", "DOWN")
    recorder.record("one_down.csv")
    mta2.close()
    recorder.until("slow_backend/slow1", "UP 1/3")
    recorder.record("going_down.csv")
    recorder.until("slow_backend/slow1", "DOWN")
    recorder.record("all_down.csv")
    mta2.open()
    recorder.until("slow_backend/slow1", "DOWN 1/3")
    recorder.record("going_up.csv")
    mta1.open()
    recorder.until("slow_backend/slow1", "UP")
    for command in ("disable server mail_backend/mta1", "set server mail_backend/mta2 state drain",
                    "disable frontend submission"):
        recorder.ask(command)
    agent.answer, web.answer = b"drain #about to go, soon\n", b"HTTP/1.0 404 Gone\r\nContent-Length: 0\r\n\r\n"
    recorder.until("agent_backend/agent1", "DRAIN (agent)")
    recorder.until("http_backend/web1", "NOLB")
    recorder.record("by_hand.csv")
    agent.answer, web.answer = b"down #disk full\n", b"HTTP/1.0 503 Busy\r\n\r\n"
    recorder.ask("shutdown frontend submission")
    for command in ("disable server mail_backend/mta2", "enable server mail_backend/mta1"):
        recorder.ask(command)
    recorder.until("agent_backend/agent1", "DOWN (agent)")
    recorder.until("mail_backend/mta1", "UP")
    recorder.record("agent_down.csv")
    clients = [socket.create_connection(("127.0.0.1", 2525)) for _ in range(45)]
    time.sleep(0.5)
    recorder.record("busy.csv")
    recorder.record("busy.info", "show info")
    record_soft_stop(recorder, process)
    del clients


def main():
    if os.environ.get("BATON_LAB") != "inside":
        sys.exit(__doc__)
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory, "haproxy.cfg")
        config.write_text(CONFIG.format(directory=directory))
        process = subprocess.Popen(["haproxy", "-db", "-f", config], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            record_all(Recorder(directory, target), process)
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
