"""Keeps so many connections open and says nothing over them; what is closed is opened again.

Usage: crowd.py ADDRESS PORT COUNT
"""
import select
import socket
import sys
import time


def connect(server):
    with socket.create_connection(server, 5) as connection:
        return connection.detach()


def is_over(number):
    with socket.socket(fileno=number) as connection:
        try:
            over = connection.recv(4096) == b""
        except ConnectionError:
            over = True
        if not over:
            connection.detach()
        return over


def main(address, port, count):
    server = (address, int(port))
    held = {connect(server) for _ in range(int(count))}
    while True:
        over = {number for number in select.select(held, (), ())[0] if is_over(number)}
        time.sleep(0.02 if over else 0)  # turned away at once: no need to ask a million times
        held = (held - over) | {connect(server) for _ in over}


main(*sys.argv[1:])
