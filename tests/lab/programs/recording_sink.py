"""An SMTP server that keeps the number of every mail, one line each, before it answers 250: "NUMBER PEER RECEIVED".

RECEIVED is how many hosts the mail has passed. Usage: recording_sink.py PORT
"""
import asyncio
import re
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.split(b"\r\n\r\n", 1)[0]
        number = re.search(rb"(?m)^X-Number: (\d+)", head)
        hops = len(re.findall(rb"(?mi)^Received:", head))
        print(int(number[1]) if number else -1, session.peer[0], hops, flush=True)
        return "250 OK"


async def serve(port):
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Sink(), hostname="sink", ident="lab"), "0.0.0.0", port, backlog=500)
    await server.serve_forever()


asyncio.run(serve(int(sys.argv[1])))
