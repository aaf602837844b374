"""A DNS server over UDP that knows A records. Usage: dns_server.py [NAME=ADDRESS...]

Prints "ready", then a line for each question. A name that it does not know is NXDOMAIN. RFC 1035 section 4.1.
"""
import socket
import struct
import sys

ANSWER, RECURSIVE, NXDOMAIN = 0x8000, 0x0180, 3
A, IN, TO_THE_QUESTION = 1, 1, 0xC00C


def name_of(message):
    """The name in the question, and where the question ends."""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels), at + 5


def reply(message, records):
    name, end = name_of(message)
    print(name, flush=True)
    address = records.get(name)
    flags = ANSWER | RECURSIVE | (0 if address else NXDOMAIN)
    answer = b""
    if address:
        answer = struct.pack("!HHHIH", TO_THE_QUESTION, A, IN, 60, 4) + socket.inet_aton(address)
    return message[:2] + struct.pack("!HHHHH", flags, 1, bool(address), 0, 0) + message[12:end] + answer


def serve(records):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", 53))
        print("ready", flush=True)
        while True:
            message, asker = server.recvfrom(512)
            server.sendto(reply(message, records), asker)


serve(dict(argument.split("=") for argument in sys.argv[1:]))
