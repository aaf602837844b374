"""An SMTP server on port 25 that takes every mail and keeps none. Usage: mail_sink.py NAME"""
import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


async def serve(name):
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Sink(), hostname=name, ident="lab"), "0.0.0.0", 25, backlog=200)
    await server.serve_forever()


asyncio.run(serve(sys.argv[1]))
