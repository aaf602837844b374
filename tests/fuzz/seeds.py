#!/usr/bin/env python3
"""Writes first inputs for a fuzz target: seeds.py advert|auth|config|frame DIRECTORY.

Golden packets become datagrams, as fuzz_advert and fuzz_frame read them; examples become configurations.
fuzz_node needs none: every byte is a choice.
"""
import argparse
import ipaddress
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def packed(address):
    return ipaddress.ip_address(address).packed


def golden_packets():
    return json.loads((ROOT / "tests/vectors/golden.json").read_text())["packets"]


def advert_input(packet):
    """The form of fuzz_advert.cpp: nothing but the family bit, so all is spelled out."""
    source = packed(packet["source"])
    family = 1 if len(source) == 16 else 0
    return (bytes([family]) + source + packed(packet["destination"]) + bytes([packet["hop_limit"]])
            + bytes.fromhex(packet["payload"]))


def frame_input(packet):
    """An IPv4 datagram; the kernel has looked at the header's checksum, so it may be zero."""
    payload = bytes.fromhex(packet["payload"])
    total = 20 + len(payload)
    return (bytes([0x45, 0xc0, total >> 8, total & 255, 0, 0, 0, 0, packet["hop_limit"], 112, 0, 0])
            + packed(packet["source"]) + packed(packet["destination"]) + payload)


def adverts():
    for packet in golden_packets():
        yield packet["name"], advert_input(packet)


def frames():
    for packet in golden_packets():
        if "." in packet["source"]:
            yield packet["name"], frame_input(packet)


def configs():
    for path in sorted((ROOT / "config/examples").glob("*.json")):
        yield path.stem, path.read_bytes()
    yield "least", b'{"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}}'


def auths():
    for packet in json.loads((ROOT / "tests/vectors/signed.json").read_text())["packets"]:
        how = (1 if packet["payload"].startswith("2") else 0) + (2 if ":" in packet["source"] else 0)
        yield packet["name"], bytes([0, how]) + bytes.fromhex(packet["payload"])
    yield "keys", b"\x01\x01# keys\n1 " + b"k" * 32 + b"\n2 0x" + b"5a" * 40 + b"\n"
    yield "slot", bytes([2, 4, 0, 0, 0, 0, 0, 7, 1, 1, 2, 1, 3, 1, 9, 9, 0, 8, 8])


KINDS = {"advert": adverts, "auth": auths, "config": configs, "frame": frames}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("directory", type=Path)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    for name, content in KINDS[options.kind]():
        (options.directory / name).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
