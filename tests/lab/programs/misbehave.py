"""Servers that do what real ones will not: each on a port of its own, with one bad habit.

Usage: misbehave.py PORT:PROTOCOL:DEED:REPLY... Protocols: smtp, http, haproxy. The deed is done instead of the
REPLY-th reply of a connection, counted from 0. All behave well until SIGUSR1, and again from SIGUSR2 on. Prints
"ready" when all listen.
"""
import asyncio
import itertools
import signal
import socket
import struct
import sys

GARBAGE = bytes(range(127, 256)) + b"\0\1\2\r\n"
LONG = b"x" * (1 << 20)

# What each protocol says when it is well, and what it could go on saying for ever.
SMTP = {"": b"220 odd.example.org ESMTP\r\n", "EHLO": b"250-odd.example.org\r\n250 SIZE\r\n",
        "QUIT": b"221 2.0.0 Bye\r\n"}
HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
HAPROXY = (b"Name: HAProxy\nStopping: 0\nCurrConns: 1\nMaxconn: 100\n\n"
           b"# pxname,svname,qcur,scur,slim,status,weight,act,bck,qlimit,type\n"
           b"mail_backend,mail1,0,0,,UP,1,1,0,,2\nmail_backend,BACKEND,0,0,10,UP,1,1,0,,1\n\n")
ENDLESS = {"smtp": b"250-odd.example.org\r\n" * 1000, "http": b"HTTP/1.1 200 OK\r\n\r\n" + b"x\n" * 10000,
           "haproxy": b"Name: HAProxy\n" * 10000}
LINE = {"smtp": b"250-", "http": b"HTTP/1.1 200 OK\r\nServer: ", "haproxy": b"Name: "}


class Talk:
    """One connection, and its replies."""

    def __init__(self, reader, writer, protocol, deed, at):
        self.reader, self.writer, self.protocol = reader, writer, protocol
        self._deed, self._left = deed, at

    async def say(self, reply):
        self._left -= 1
        if self._deed and self._left == -1:
            await self._deed(self, reply)
        else:
            await self.write(reply)

    async def write(self, octets):
        self.writer.write(octets)
        await self.writer.drain()

    async def wait(self):
        """Until the other side hangs up."""
        while await self.reader.read(65536):
            pass
        raise ConnectionAbortedError


async def smtp(talk):
    await talk.say(SMTP[""])
    while line := await talk.reader.readline():
        verb = line.split()[0].decode().upper()
        await talk.say(SMTP.get(verb, b"250 2.0.0 Ok\r\n"))
        if verb == "QUIT":
            return


async def http(talk):
    await talk.reader.readuntil(b"\r\n\r\n")
    await talk.say(HTTP)


async def haproxy(talk):
    await talk.reader.readline()
    await talk.say(HAPROXY)


async def drip(talk, reply):
    """A character now and then, and never the end of the line."""
    for octet in itertools.chain(reply.split(b"\r\n")[0][:10], itertools.repeat(ord("x"))):
        await talk.write(bytes([octet]))
        await asyncio.sleep(0.05)


async def octets(talk, reply):
    """All of it, in segments of one octet."""
    for octet in reply:
        await talk.write(bytes([octet]))
        await asyncio.sleep(0.001)


async def long_line(talk, _):
    """One of a megabyte, without an end."""
    await talk.write(LINE[talk.protocol] + LONG)
    await talk.wait()


async def half(talk, reply):
    """Half of it, then not a word."""
    await talk.write(reply[:len(reply) // 2])
    await talk.wait()


async def half_and_close(talk, reply):
    await talk.write(reply[:len(reply) // 2])
    raise ConnectionAbortedError


async def silence(talk, _):
    await talk.wait()


async def garbage(talk, _):
    await talk.write(GARBAGE)
    await talk.wait()


async def close(_, __):
    raise ConnectionAbortedError


async def reset(talk, _):
    """A RST instead of a FIN (SO_LINGER in socket(7))."""
    talk.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.writer.transport.abort()
    raise ConnectionAbortedError


async def flood(talk, _):
    """What is right in form, without end."""
    while True:
        await talk.write(ENDLESS[talk.protocol])


async def all_at_once(talk, _):
    """SMTP: every reply before it was asked for."""
    await talk.write(SMTP[""] + SMTP["EHLO"] + 3 * b"250 2.0.0 Ok\r\n" + SMTP["QUIT"])
    await talk.wait()


async def two_codes(talk, _):
    await talk.write(b"250-odd.example.org\r\n251 STARTTLS\r\n")
    await talk.wait()


async def interim(talk, _):
    """HTTP: to be continued."""
    await talk.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
    await talk.wait()


async def offer_tls(talk, behind=b""):
    """To an EHLO; and the reply to STARTTLS."""
    await talk.write(b"250-odd.example.org\r\n250 STARTTLS\r\n")
    await talk.reader.readline()
    await talk.write(b"220 2.0.0 Ready to start TLS\r\n" + behind)


async def injected(talk, _):
    """Octets in clear where TLS is to begin, as somebody on the way would put them in."""
    await offer_tls(talk, SMTP["EHLO"])
    await talk.wait()


async def no_tls(talk, reply):
    await offer_tls(talk)
    await talk.reader.read(1)
    await garbage(talk, reply)


async def silent_tls(talk, _):
    await offer_tls(talk)
    await talk.wait()


async def closed_tls(talk, _):
    await offer_tls(talk)
    await talk.reader.read(1)
    raise ConnectionAbortedError


PROTOCOLS = {"smtp": smtp, "http": http, "haproxy": haproxy}
DEEDS = {deed.__name__: deed for deed in (
    drip, octets, long_line, half, half_and_close, silence, garbage, close, reset, flood, all_at_once, two_codes,
    interim, injected, no_tls, silent_tls, closed_tls)}


async def serve(port, protocol, deed, at, misbehaving):
    async def talk(reader, writer):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await PROTOCOLS[protocol](Talk(reader, writer, protocol, DEEDS[deed] if misbehaving() else None, int(at)))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(talk, None, int(port), backlog=200)


async def main(specifications):
    loop = asyncio.get_running_loop()
    bad = []
    loop.add_signal_handler(signal.SIGUSR1, lambda: bad.append(True))
    loop.add_signal_handler(signal.SIGUSR2, bad.clear)
    servers = [await serve(*one.split(":"), lambda: bool(bad)) for one in specifications]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main(sys.argv[1:]))
