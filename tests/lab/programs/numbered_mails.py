"""Sends mails that each have a number, and prints each number that was taken. A mail that was not taken is sent again,
until it is: what is printed twice was taken twice.

Usage: numbered_mails.py HOST FIRST COUNT [PAUSE_SECONDS [SENDER [RECIPIENT...]]]
"""
import smtplib
import sys
import time

host, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
sender = sys.argv[5] if len(sys.argv) > 5 else "sender@client.lab"
recipients = sys.argv[6:] or ["user@example.net"]
server = None
for number in range(first, first + count):
    text = f"From: {sender}\r\nTo: {recipients[0]}\r\nSubject: {number}\r\nX-Number: {number}\r\n\r\nMail {number}\r\n"
    while True:
        try:
            if server is None:
                server = smtplib.SMTP(host, 25, local_hostname="client.lab", timeout=30)
            server.sendmail(sender, recipients, text)
            break
        except (OSError, smtplib.SMTPException) as error:
            print(f"{number}: {error}", file=sys.stderr, flush=True)
            server = None
            time.sleep(0.1)
    print(number, flush=True)
    time.sleep(pause)
