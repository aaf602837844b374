"""What went over the wire: a capture on a bridge, read here frame by frame, and by tshark."""
import ipaddress
import struct
from collections import namedtuple

from tests.lab.network import LAN, in_namespace, run
from tests.lab.processes import Process, eventually, program

VRRP = 112
ICMPV6 = 58

Advert = namedtuple("Advert", "time source vrid priority")
Announcement = namedtuple("Announcement", "time mac address")


def vrrp_message(frame):
    """The sender and the message of a VRRP frame; nothing of another."""
    if frame[12:14] == b"\x08\x00" and frame[23] == VRRP:
        return str(ipaddress.IPv4Address(frame[26:30])), frame[14 + (frame[14] & 15) * 4:]
    if frame[12:14] == b"\x86\xdd" and frame[20] == VRRP:
        return str(ipaddress.IPv6Address(frame[22:38])), frame[54:]
    return None, b""


class Capture:
    """All multicast and broadcast frames of a bridge, with `unicast` all others too: each advert and each gratuitous
    ARP once."""

    def __init__(self, network, bridge="br0", unicast=False):
        if unicast:
            network.ip(f"link set {bridge} promisc on")
        self.path = network.directory / f"{bridge}.pcap"
        log = network.directory / f"{bridge}.capture.log"
        argv = in_namespace(LAN, program("capture", bridge, self.path))
        self._process = network.own(Process(f"capture on {bridge}", argv, log))
        eventually(lambda: self._process.require_running() or (self.path.exists() and self.path.stat().st_size >= 24),
                   f"the capture on {bridge} runs")

    def stop(self):
        self._process.end()

    def frames(self):
        """(time in seconds since 1970, frame); a frame that is only half written yet is left out."""
        data = self.path.read_bytes()
        at = 24
        while at + 16 <= len(data):
            seconds, nanoseconds, size, _ = struct.unpack_from("<IIII", data, at)
            if at + 16 + size > len(data):
                return
            yield seconds + nanoseconds / 1e9, data[at + 16:at + 16 + size]
            at += 16 + size

    def adverts(self, source=None, after=0.0):
        """The VRRP adverts of both families, optionally those from one address only."""
        found = []
        for time, frame in self.frames():
            sender, vrrp = vrrp_message(frame)
            if time > after and source in (None, sender) and len(vrrp) >= 8:
                found.append(Advert(time, sender, vrrp[1], vrrp[2]))
        return found

    def announcements(self, address, after=0.0):
        """The gratuitous ARPs for an address (sender and target are the same; RFC 5227 section 3), or the
        unsolicited Neighbor Advertisements (RFC 4861 section 4.4)."""
        wanted = ipaddress.ip_address(address).packed
        if len(wanted) == 16:
            return [Announcement(time, frame[6:12].hex(":"), address) for time, frame in self.frames()
                    if time > after and frame[12:14] == b"\x86\xdd" and frame[20] == ICMPV6 and frame[54] == 136
                    and frame[62:78] == wanted]
        return [Announcement(time, frame[22:28].hex(":"), address) for time, frame in self.frames()
                if time > after and frame[12:14] == b"\x08\x06" and frame[28:32] == wanted == frame[38:42]]

    def tshark(self, display_filter, *fields, preferences=()):
        """One list of field values for each packet that the filter lets through."""
        argv = ["tshark", "-n", "-r", self.path, "-o", "ip.check_checksum:TRUE", "-Y", display_filter, "-T", "fields",
                "-E", "separator=|"]
        for field in fields:
            argv += ["-e", field]
        for preference in preferences:
            argv += ["-o", preference]
        return [line.split("|") for line in run(argv).stdout.splitlines()]
