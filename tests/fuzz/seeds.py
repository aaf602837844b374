#!/usr/bin/env python3
"""Writes first inputs for a fuzz target: seeds.py advert|auth|config|dns|echo|frame|haproxy|http|smtp DIRECTORY.

Golden packets become datagrams, as fuzz_advert and fuzz_frame read them; examples become configurations.
fuzz_node needs none: every byte is a choice.
"""
import argparse
import csv
import io
import ipaddress
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ_COLUMNS = {"pxname", "svname", "status", "type", "weight", "act", "bck", "scur", "slim", "qcur", "qlimit",
                "check_status", "last_chk", "last_agt"}


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


def dnses():
    """The form of fuzz_dns.cpp, with the ID and the question put there."""
    def answer(kind, flags, *records):
        return (bytes([8 + kind]) + flags.to_bytes(2, "big") + len(records).to_bytes(2, "big") + bytes(4)
                + b"".join(records))

    def record(number, data, owner=b"\xc0\x0c"):
        return (owner + number.to_bytes(2, "big") + b"\x00\x01\x00\x00\x00\x3c" + len(data).to_bytes(2, "big")
                + data)
    ten, six = record(1, bytes([10, 0, 1, 10])), record(28, packed("2001:db8::1"))
    mx, alias = record(15, b"\x00\x0a\x02mx\xc0\x11"), record(5, b"\x03web\xc0\x11")
    yield "a", answer(4, 0x8180, ten, record(1, bytes([10, 0, 1, 11])))
    yield "aaaa", answer(1, 0x8180, six)
    yield "mx", answer(6, 0x8180, mx, record(15, b"\x00\x14\x03mx2\xc0\x11"))
    yield "alias", answer(0, 0x8180, alias, record(1, bytes([10, 0, 1, 10]), b"\xc0\x2e"))
    yield "none", answer(0, 0x8180)
    yield "no_such_name", answer(0, 0x8183)
    yield "cut_off", answer(0, 0x8380, ten)
    yield "circle", answer(2, 0x8180, record(15, b"\x00\x0a\xc0\x30"))
    yield "half", answer(1, 0x8180, six)[:-1]
    yield "refused", b"\x00\x12\x34\x81\x81" + bytes(8)


def echoes():
    """The form of fuzz_echo.cpp. Checksums are put right there."""
    four, six = b"\x00\x00\x00\x00\x12\x34\x00\x01" + bytes(range(16)), b"\x81\x00" + bytes(22)
    header = b"\x45\x00\x00\x2c" + bytes(16)
    yield "raw_ipv4", b"\x06" + header + four
    yield "options", b"\x06\x46" + header[1:] + bytes(4) + four
    yield "datagram_ipv4", b"\x04" + four
    yield "wrong_sum", b"\x00" + four
    yield "ipv6", b"\x01" + six
    yield "request", b"\x04\x08" + four[1:]
    yield "cut_off", b"\x06" + header + four[:-1]


def shortened(stat):
    """An answer to show stat with the columns that are read: a fuzzer works best on little."""
    rows = list(csv.reader(io.StringIO(stat)))
    wanted = [place for place, name in enumerate(rows[0]) if name.lstrip("# ") in READ_COLUMNS]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row[place] for place in wanted] for row in rows if row)
    return text.getvalue() + "\n"


def haproxies():
    """The form of fuzz_haproxy.cpp: pieces of 7, a frontend and a backend asked for, then both answers."""
    info = b"Name: HAProxy\nVersion: 2.6\nProcess_num: 1\nUptime_sec: 9\nMaxconn: 200\nCurrConns: 45\nStopping: %d\n\n"
    for path in sorted((ROOT / "tests/unit/health/haproxy").glob("*.csv")):
        stat = shortened(path.read_text())
        yield path.stem, bytes([7, 1, 1, 6, 1, 1, 90, 11]) + info % (path.stem == "stopping") + stat.encode()
    yield "stat_cut_off", bytes(8) + stat.encode()[:-1]
    yield "info_cut_off", bytes(8) + (info % 0)[:-1]


def https():
    """The form of fuzz_http.cpp: settings, the end, pieces of 5, then the answer."""
    ok = b"HTTP/1.1 200 OK\r\n"
    answers = {
        "length": (4, ok + b"Content-Length: 2\r\n\r\nok"),
        "chunked": (4, ok + b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\nX: y\r\n\r\n"),
        "until_closed": (4, b"HTTP/1.0 200 OK\r\n\r\nok"),
        "head": (2, ok + b"Content-Length: 2\r\n\r\n"),
        "tls": (1, ok + b"Content-Length: 0\r\n\r\n"),
        "interim": (0, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok
                    + b"Content-Length: 0\r\n\r\n"),
        "interim_for_ever": (0, b"HTTP/1.1 100 Continue\r\n\r\n" * 40),
        "upgrade": (0, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        "no_content": (0, b"HTTP/1.1 204 No Content\r\n\r\n"),
        "moved": (8, b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
        "busy": (8, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
        "body_missing": (4, ok + b"Content-Length: 2\r\n\r\nno"),
        "two_lengths": (0, ok + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!"),
        "too_long": (0, ok + b"Content-Length: 99999999999999999999\r\n\r\n"),
        "long_header": (0, ok + b"X: " + b"x" * 17000 + b"\r\n\r\n"),
        "cut_off": (0, ok + b"Content-Length: 9\r\n\r\nok"),
        "no_http": (0, b"SSH-2.0-OpenSSH_9.2\r\n"),
    }
    for name, (settings, answer) in answers.items():
        yield name, bytes([settings, 0, 5, 1]) + answer


def smtps():
    """The form of fuzz_smtp.cpp: settings, pieces of 5, the length of what is sent in clear."""
    hello, offer, ok = b"220 mail1 ESMTP\r\n", b"250-mail1\r\n250-SIZE\r\n250 STARTTLS\r\n", b"250 2.0.0 Ok\r\n"
    conversations = {
        "plain": (0, hello + offer, b""),
        "helo": (8, hello + b"502 5.5.1 what?\r\n" + ok * 3, b""),
        "transaction": (24, hello + offer + ok * 3 + b"221 bye\r\n", b""),
        "refused": (24, hello + offer + ok + b"550-5.1.1 no\r\n550 5.1.1 body\r\n" + ok, b""),
        "starttls": (26, hello + offer + b"220 go on\r\n", offer + ok * 3),
        "injected": (26, hello + offer + b"220 go on\r\n" + ok, offer + ok * 3),
        "no_tls": (2, hello + offer + b"454 4.7.0 TLS not available\r\n", b""),
        "smtps": (28, b"", hello + offer + ok * 3),
        "no_smtp": (0, b"SSH-2.0-OpenSSH_9.2\r\n", b""),
        "not_asked_for": (0, hello + offer + ok, b""),
        "longest_line": (4, b"", b"220 " + b"x" * 1018 + b"\r\n" + offer),
        "too_long_line": (4, b"", b"220 " + b"x" * 1019 + b"\r\n" + offer),
    }
    for name, (settings, clear, secure) in conversations.items():
        yield name, bytes([settings, 0, 5, 1]) + len(clear).to_bytes(2, "big") + clear + secure


KINDS = {"advert": adverts, "auth": auths, "config": configs, "dns": dnses, "echo": echoes, "frame": frames,
         "haproxy": haproxies, "http": https, "smtp": smtps}


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
