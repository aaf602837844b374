"""Sends numbered mails at a steady rate, each over a connection of its own, and prints each number that was taken. A
mail that was not taken is sent again, until it is; each attempt that failed is a line on standard error.

Usage: steady_mails.py HOST FIRST COUNT MAILS_PER_SECOND TIMEOUT_SECONDS
"""
import contextlib
import smtplib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

SENDER, RECIPIENT = "sender@client.lab", "user@example.net"
AT_ONCE = 100


def attempt(host, timeout, number):
    text = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: {number}\r\nX-Number: {number}\r\n\r\nMail {number}\r\n"
    server = smtplib.SMTP(host, 25, local_hostname="client.lab", timeout=timeout)
    with contextlib.closing(server):
        server.sendmail(SENDER, [RECIPIENT], text)
        print(f"{number}\n", end="", flush=True)
        with contextlib.suppress(OSError, smtplib.SMTPException):  # it is taken all the same
            server.quit()


def send(host, timeout, number):
    while True:
        try:
            return attempt(host, timeout, number)
        except (OSError, smtplib.SMTPException) as error:
            print(f"{number}: {error}\n", end="", file=sys.stderr, flush=True)
            time.sleep(0.2)


def main(host, first, count, rate, timeout):
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as senders:
        for index in range(int(count)):
            time.sleep(max(0.0, begun + index / float(rate) - time.monotonic()))
            senders.submit(send, host, float(timeout), int(first) + index)


main(*sys.argv[1:])
