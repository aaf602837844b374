"""Sends one mail after another without pause, each over a new connection, and prints how each went.

Usage: smtp_probe.py ADDRESS. One JSON object a line: {"start", "end" (seconds since 1970), "ok", "why"}.
The timeouts are short, so that a connection that went down with its server is soon given up.
"""
import json
import socket
import sys
import time

CONNECT_TIMEOUT = 0.1  # well below the second after which TCP would repeat a lost SYN
REPLY_TIMEOUT = 0.15
MAIL = b"Subject: probe\r\n\r\nIs anybody there?\r\n.\r\n"


class Refused(Exception):
    pass


def expect(stream, code):
    while True:
        line = stream.readline()
        if not line.startswith(code):
            raise Refused(f"got {line!r} instead of {code.decode()}")
        if line[3:4] != b"-":
            return


def transaction(address):
    with socket.create_connection((address, 25), CONNECT_TIMEOUT) as connection:
        connection.settimeout(REPLY_TIMEOUT)
        stream = connection.makefile("rb")
        expect(stream, b"220")
        for words, code in ((b"EHLO client.lab\r\n", b"250"), (b"MAIL FROM:<probe@client.lab>\r\n", b"250"),
                            (b"RCPT TO:<sink@mail.lab>\r\n", b"250"), (b"DATA\r\n", b"354"), (MAIL, b"250"),
                            (b"QUIT\r\n", b"221")):
            connection.sendall(words)
            expect(stream, code)
        stream.read()  # the server closes first, so that no port of ours is left waiting


def main(address):
    while True:
        start = time.time()
        try:
            transaction(address)
            why = None
        except (OSError, Refused) as error:
            why = str(error) or type(error).__name__
            if time.time() - start < 0.001:
                time.sleep(0.001)  # refused at once: no need to ask a million times
        print(json.dumps({"start": start, "end": time.time(), "ok": why is None, "why": why}), flush=True)


main(sys.argv[1])
