"""Adverts made by hand, right or wrong: octets of VRRP messages, their signatures, and the frames around them.

Written from RFC 9568, RFC 3768, RFC 2338 and what keepalived 2.4 sends (auth_hmac), not from baton's code.
"""
import hashlib
import hmac
import ipaddress
import struct
import time
from dataclasses import dataclass, replace

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from tests.lab.batond import VIP
from tests.lab.network import run
from tests.lab.processes import program

VRRP = 112
GROUPS = {4: ("224.0.0.18", "01:00:5e:00:00:12"), 6: ("ff02::12", "33:33:00:00:00:12")}
TRAILER = 28


def internet_checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    return ipaddress.ip_address(address).packed


def signature(message, source, number, key, sequence, kind=1):
    """The 28 octets behind a message: its checksum is not covered, the sender's address is."""
    head = struct.pack(">BBHQ", kind, number, 0, sequence)
    family = 6 if ":" in source else 4
    pseudo = bytes([family, message[0] >> 4, message[1], 0]) + packed(source).ljust(16, b"\0")
    covered = pseudo + message[:6] + b"\0\0" + message[8:] + head + b"\0" * 16
    return head + hmac.new(key, covered, hashlib.sha256).digest()[:16]


def sequence_at(moment):
    """The number of a moment: seconds since 1970, 1/65536 of a second, a counter."""
    seconds = int(moment)
    return seconds << 32 | int((moment - seconds) * 65536) << 16


@dataclass(frozen=True)
class Advert:
    """A correct advert of priority 1 for VRID 51, but for what is given."""
    source: str = "10.0.1.9"
    destination: str = ""   # the group
    mac: str = ""           # of the group
    hops: int = 255
    version: int = 3
    kind: int = 1
    vrid: int = 51
    priority: int = 1
    addresses: tuple = (VIP,)
    count: int = -1         # as many as there are
    interval: int = 4000    # centiseconds; version 2: seconds
    checksum: int = -1      # the right one
    auth_type: int = 0      # version 2
    password: bytes = b""   # version 2
    key: bytes = b""        # signs, if there is one
    key_number: int = 1
    signed_at: float = 0.0  # now
    trailer_kind: int = 1
    size: int = -1          # what is cut off behind, or filled up with zeros

    def but(self, **other):
        return replace(self, **other)

    @property
    def family(self):
        return 6 if ":" in self.source else 4

    def message(self):
        count = len(self.addresses) if self.count < 0 else self.count
        middle = self.interval if self.version != 2 else self.auth_type << 8 | self.interval
        head = struct.pack(">BBBBH", self.version << 4 | self.kind, self.vrid, self.priority, count, middle)
        rest = b"".join(packed(address) for address in self.addresses)
        return head + b"\0\0" + rest + (self.password.ljust(8, b"\0") if self.version == 2 else b"")

    def payload(self):
        """What IP carries. IPv4: the trailer is not summed, and version 3 is summed with a pseudo-header."""
        message = self.message()
        trailer = b""
        if self.key:
            trailer = signature(message, self.source, self.key_number, self.key,
                                sequence_at(self.signed_at or time.time()), self.trailer_kind)
        summed = message if self.family == 4 else message + trailer
        if self.version != 2 or self.family == 6:
            target = self.destination or GROUPS[self.family][0]
            length = ">IBBBB" if self.family == 6 else ">BBH"
            fields = (len(summed), 0, 0, 0, VRRP) if self.family == 6 else (0, VRRP, len(summed))
            summed = packed(self.source) + packed(target) + struct.pack(length, *fields) + summed
        checksum = internet_checksum(summed) if self.checksum < 0 else self.checksum
        whole = message[:6] + struct.pack(">H", checksum) + message[8:] + trailer
        return whole if self.size < 0 else whole[:self.size].ljust(self.size, b"\0")

    def frame(self):
        group, mac = GROUPS[self.family]
        target = self.destination or group
        ethernet = Ether(src="02:00:00:00:00:09", dst=self.mac or mac)
        if self.family == 4:
            return bytes(ethernet / IP(src=self.source, dst=target, ttl=self.hops, proto=VRRP) / self.payload())
        return bytes(ethernet / IPv6(src=self.source, dst=target, hlim=self.hops, nh=VRRP) / self.payload())


def send(host, *frames, interface="eth0"):
    """Puts frames on the host's wire as they are."""
    host.run(*program("send_frames", interface), stdin="\n".join(bytes(frame).hex() for frame in frames))


def has_good_signature(source, payload, keys):
    """Whether a captured message has a trailer made with one of the keys {number: key}; answers the number."""
    message, trailer = payload[:-TRAILER], payload[-TRAILER:]
    kind, number, _, sequence = struct.unpack(">BBHQ", trailer[:12])
    good = number in keys and signature(message, source, number, keys[number], sequence, kind) == trailer
    return number if good else None


def make_keys(path, *lines):
    """A key file as an operator makes it: private."""
    path.write_text("\n".join(lines) + "\n")
    run(["chmod", "600", path])
    return str(path)
