"""Sends frames as they are. Usage: send_frames.py INTERFACE < FRAMES, one frame a line, in hexadecimal."""
import socket
import sys

wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
for line in sys.stdin:
    wire.send(bytes.fromhex(line))
