"""Writes every frame of an interface to a pcap file, with the kernel's time stamps in nanoseconds.

Usage: capture.py INTERFACE FILE. The file is there once the capture runs. packet(7); SO_TIMESTAMPNS in socket(7).
"""
import socket
import struct
import sys

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
NANOSECOND_PCAP = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)


def stamp(ancillary):
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            return struct.unpack("@qq", data[:16])
    raise RuntimeError("the kernel gave no time stamp")


def main(interface, path):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    wire.bind((interface, ETH_P_ALL))
    with open(path, "wb", buffering=0) as out:
        out.write(NANOSECOND_PCAP)
        while True:
            frame, ancillary, _, _ = wire.recvmsg(65535, 256)
            seconds, nanoseconds = stamp(ancillary)
            out.write(struct.pack("<IIII", seconds, nanoseconds, len(frame), len(frame)) + frame)


main(*sys.argv[1:])
