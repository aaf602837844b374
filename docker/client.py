"""The client of the lab: numbered mails to the virtual address, one after the other, each over a new connection.

A mail that was not taken is sent again until it is. Prints how each attempt went, one JSON object a line: {"number",
"start", "end" (seconds since 1970), "ok", "why", "at" (the load balancer its packets went to, as far as it knows)}.
"""
import json
import os
import smtplib
import socket
import time
from pathlib import Path

VIP = os.environ.get("VIP", "10.0.1.100")
BALANCERS = {"10.0.1.2": "lb1", "10.0.1.3": "lb2"}
PAUSE = 1 / float(os.environ.get("MAILS_PER_SECOND", "20"))
CONNECT_TIMEOUT = 0.2  # well below the second after which TCP would repeat a lost SYN
REPLY_TIMEOUT = 1.0
LAST = Path("/var/tmp/last-number")


class Neighbours:
    """Which load balancer has the virtual address, by the client's own ARP table (proc_net(5))."""

    def __init__(self):
        self._known = {}
        self._asked = 0.0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def holder(self):
        if time.monotonic() > self._asked + 1:
            self._asked = time.monotonic()
            for address in BALANCERS:  # an empty packet to the discard port, so that the table has them
                try:
                    self._socket.sendto(b"", (address, 9))
                except OSError:
                    pass
        table = {}
        for line in Path("/proc/net/arp").read_text().splitlines()[1:]:
            address, _, flags, mac, *_ = line.split()
            if int(flags, 16):
                table[address] = mac
        self._known.update({mac: BALANCERS[address] for address, mac in table.items() if address in BALANCERS})
        return self._known.get(table.get(VIP))


def send(number):
    text = f"From: client@lab.example\r\nTo: user@example.net\r\nSubject: {number}\r\nX-Number: {number}\r\n\r\nMail {number}\r\n"
    with socket.create_connection((VIP, 25), CONNECT_TIMEOUT) as connection:
        connection.settimeout(REPLY_TIMEOUT)
        server = smtplib.SMTP(local_hostname="client.lab")
        server.sock = connection
        code, said = server.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        server.sendmail("client@lab.example", ["user@example.net"], text)
        server.quit()


def main():
    neighbours = Neighbours()
    number = int(LAST.read_text()) if LAST.exists() else 0
    while True:
        number += 1
        LAST.write_text(str(number))
        while True:
            start, why = time.time(), None
            try:
                send(number)
            except (OSError, smtplib.SMTPException) as error:
                why = str(error) or type(error).__name__
            print(json.dumps({"number": number, "start": start, "end": time.time(), "ok": why is None, "why": why,
                              "at": neighbours.holder()}), flush=True)
            time.sleep(max(0.0, start + PAUSE - time.time()))
            if why is None:
                break


main()
