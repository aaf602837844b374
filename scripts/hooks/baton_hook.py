"""What the shipped hooks share: the event they run for, durations, words for people, and a POST that is retried.

Reads the environment that batond sets (docs/hooks.md), never standard input, so that each hook can be run by hand.
Stands beside the hooks, in a checkout as in /usr/lib/baton/hooks. Python's standard library alone.
"""
import argparse
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request

EVENTS = ("before_active", "active", "backup", "fault", "stop", "release", "deleted")
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class Failure(Exception):
    """The hook cannot do what it was asked to; the text says what, where, and what to do about it."""


class ToldToEnd(BaseException):
    """By SIGTERM: its timeout, or a newer state. No Exception, so that nothing but what must be put back catches it."""


class TimeIsUp(Exception):
    """What may_take() allowed is over."""


def duration(text):
    """Seconds of "500ms", "10s", "2m" or "24h"; a type for argparse."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    if not match:
        raise argparse.ArgumentTypeError(f'"{text}" is no duration; write a number and ms, s, m or h, such as "10s"')
    return float(match[1]) * UNITS[match[2]]


def events(text):
    """The events of "active,backup"; a type for argparse."""
    words = [word for word in re.split(r"[ ,]+", text) if word]
    unknown = [word for word in words if word not in EVENTS]
    if unknown or not words:
        raise argparse.ArgumentTypeError(f'"{text}": the events are {", ".join(EVENTS)}')
    return words


def parser(description, examples):
    """An ArgumentParser whose help ends with examples."""
    return argparse.ArgumentParser(description=description, epilog=examples, allow_abbrev=False,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)


def event():
    """What batond tells, with the names of its JSON; what it did not tell is None, so run by hand most of it is."""
    def value(name):
        """What is no UTF-8 in it would be taken by nobody."""
        given = os.environ.get(f"BATON_{name.upper()}")
        return os.fsencode(given).decode(errors="replace") if given else None

    def number(name):
        return int(value(name)) if (value(name) or "").isdecimal() else None

    told = {name: value(name) for name in ("instance", "group", "event", "state", "previous_state", "reason_code", "reason")}
    told["priority"] = number("priority")
    told["interface"] = value("interface")
    told["addresses"] = re.split(r"[ ,]+", value("addresses")) if value("addresses") else []
    told["active_router"] = value("active_router")
    told["transition"] = number("transition")
    return told


def required_event():
    """The same, for hooks that make no sense without an event."""
    told = event()
    if not told["event"] or not (told["instance"] or told["group"]):
        raise Failure("BATON_EVENT, or BATON_INSTANCE and BATON_GROUP, are not set, so there is nothing to tell. batond sets "
                      f"them; by hand: BATON_INSTANCE=VI_1 BATON_EVENT=active {os.path.basename(sys.argv[0])} ...")
    return told


def node():
    """As batond calls it; by hand, the name of this host."""
    return os.environ.get("BATON_NODE") or socket.gethostname()


def subject(told):
    """Whose event it is: an instance's, or a sync group's."""
    return told["instance"] or told["group"]


def sentence(told):
    """One line for people: "lb1: VI_1: active (was backup): no advert for 3609 ms"."""
    was = f" (was {told['previous_state']})" if told["previous_state"] else ""
    why = f": {told['reason']}" if told["reason"] else ""
    return " ".join(f"{node()}: {subject(told)}: {told['event']}{was}{why}".split())


def say(text):
    print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr, flush=True)


def run(main):
    """Runs the hook and gives its exit status: 1 and a line for people when it fails or is told to end."""
    def told_to_end(number, frame):
        raise ToldToEnd()

    signal.signal(signal.SIGTERM, told_to_end)
    try:
        main()
    except Failure as failure:
        say(failure)
        sys.exit(1)
    except ToldToEnd:
        say("was told to end before it was through (its timeout, or a newer state)")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


class Deadline:
    """A moment after which nothing new is tried."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())

    def over(self):
        return self.left() == 0.0

    def sleep(self, seconds):
        """Sleeps, but not beyond the deadline."""
        time.sleep(min(seconds, self.left()))


@contextlib.contextmanager
def may_take(seconds):
    """Ends what is in here by TimeIsUp; unlike the timeout of a socket, also when a peer sends drop by drop."""
    def ring(number, frame):
        raise TimeIsUp()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that follows a redirect becomes a GET, and is then lost without a word."""

    def redirect_request(self, *arguments):
        return None


class Refused(Exception):
    """The server's answer makes it useless to try again."""


def headers(lines):
    """{"Name": "value"} of lines "Name: value"."""
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9-]+", name):
            raise Failure(f'"{line.strip()}" is no header; write "Name: value"')
        found[name] = value.strip()
    return found


def tls(ca_file):
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise Failure(f"the CA file {ca_file} cannot be read: {error.strerror or error}") from None


def post_json(urls, body, more_headers, timeout, deadline, ca_file=None):
    """Posts to each URL until it takes it; pauses grow from half a second to ten. Failure tells of each that did not."""
    data = json.dumps(body).encode()
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=tls(ca_file)))
    waiting, refused, pause = {url: "it was not tried" for url in urls}, {}, 0.5
    while waiting:
        asked_for = 0.0
        for url in list(waiting):
            try:
                _post(opener, url, data, more_headers, min(timeout, max(deadline.left(), 0.001)))
                del waiting[url]
            except Refused as error:
                refused[url] = f"{error}; trying again would not help"
                del waiting[url]
            except _Later as error:
                waiting[url] = str(error)
                asked_for = max(asked_for, error.after)
        if not waiting or deadline.left() <= asked_for:
            break
        deadline.sleep(max(pause, asked_for))
        pause = min(pause * 2, 10)
        if deadline.over():
            break
    gave_up = {url: f"{why}; gave up after {deadline.seconds:g} s" for url, why in waiting.items()}
    if refused or gave_up:
        raise Failure("; ".join(f"{url} did not take it: {why}" for url, why in {**refused, **gave_up}.items()))


class _Later(Exception):
    def __init__(self, why, after=0.0):
        super().__init__(why)
        self.after = after


def _post(opener, url, data, more_headers, timeout):
    """Once. Refused or _Later when it was not taken. urllib would take file:, data: and ftp: for addresses, too."""
    if not re.match("(?i)https?://", url):
        raise Refused("its address must begin with http:// or https://")
    try:
        request = urllib.request.Request(url, data, {"Content-Type": "application/json", "User-Agent": "baton",
                                                     **more_headers}, method="POST")
    except ValueError as error:
        raise Refused(str(error)) from None
    try:
        with may_take(timeout), opener.open(request):
            return
    except urllib.error.HTTPError as error:
        said = f"it answered {error.code} {error.reason}"
        if error.code in (408, 429) or error.code >= 500:
            after = error.headers.get("Retry-After", "")
            raise _Later(said, float(after) if after.isdecimal() else 0.0) from None
        if error.code in (301, 302, 303, 307, 308):
            said += f" to {error.headers.get('Location')}; give that address instead"
        raise Refused(said) from None
    except TimeIsUp:
        raise _Later(f"no answer within {timeout:g} s") from None
    except urllib.error.URLError as error:
        raise _Later(str(error.reason)) from None
    except (OSError, ValueError, EOFError) as error:
        raise _Later(str(error) or type(error).__name__) from None
    except Exception as error:  # http.client has exceptions of its own for answers that are none
        raise _Later(f"its answer is no HTTP ({type(error).__name__})") from None
