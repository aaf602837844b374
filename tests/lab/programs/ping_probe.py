"""Sends an ICMP echo request every millisecond, and counts which were answered.

Usage: ping_probe.py ADDRESS. Prints "ready" at the first answer and, at SIGTERM, one JSON object:
{"sent", "lost", "widest_pause_ms", "outages": [{"from", "to", "lost"}]}; times are seconds since 1970.
A request that cannot be sent counts as lost. RFC 792.
"""
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import time

INTERVAL = 0.001
GRACE = 0.1  # for the last answers
ECHO_REPLY, ECHO_REQUEST = 0, 8


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def request(ident, index):
    """The index travels in the body, because the sequence number is soon used up."""
    body = struct.pack("!Q", index)
    unsummed = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, ident, index & 0xFFFF) + body
    return unsummed[:2] + struct.pack("!H", checksum(unsummed)) + unsummed[4:]


class Probe:
    def __init__(self, address):
        self.address = address
        self.ident = os.getpid() & 0xFFFF
        self.sent = []
        self.answered = bytearray()
        self.ready = False
        self.stopping = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setblocking(False)

    def send(self):
        index = len(self.sent)
        self.sent.append(time.time())
        self.answered.append(0)
        try:
            self.socket.sendto(request(self.ident, index), (self.address, 0))
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EINVAL):
                raise

    def read(self):
        while True:
            try:
                packet = self.socket.recv(256)
            except BlockingIOError:
                return
            message = packet[(packet[0] & 15) * 4:]
            kind, _, _, ident, _ = struct.unpack("!BBHHH", message[:8])
            if kind == ECHO_REPLY and ident == self.ident:
                self.note(struct.unpack("!Q", message[8:16])[0])

    def note(self, index):
        if not self.ready:
            self.ready = True
            print("ready", flush=True)
        self.answered[index] = 1

    def run(self):
        due = time.monotonic()
        while not self.stopping:
            now = time.monotonic()
            if now >= due:
                self.send()
                due = max(due + INTERVAL, now - 10 * INTERVAL)  # do not make up for a long pause in one burst
            select.select([self.socket], [], [], max(0, due - time.monotonic()))
            self.read()
        end = time.monotonic() + GRACE
        while time.monotonic() < end:
            select.select([self.socket], [], [], GRACE / 10)
            self.read()

    def report(self):
        outages = []
        for index, answered in enumerate(self.answered):
            if answered:
                continue
            if index and not self.answered[index - 1]:
                outages[-1]["to"] = self.sent[index]
                outages[-1]["lost"] += 1
            else:
                outages.append({"from": self.sent[index], "to": self.sent[index], "lost": 1})
        pauses = [later - sooner for sooner, later in zip(self.sent, self.sent[1:])]
        return {"sent": len(self.sent), "lost": len(self.sent) - sum(self.answered),
                "widest_pause_ms": round(1000 * max(pauses, default=0), 3), "outages": outages}


def main(address):
    probe = Probe(address)

    def stop(*_):
        probe.stopping = True

    signal.signal(signal.SIGTERM, stop)
    probe.run()
    print(json.dumps(probe.report()), flush=True)


main(sys.argv[1])
