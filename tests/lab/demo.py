"""`./dev demo`: a pair of load balancers fails over four times, while a client sends one mail after another.

Exit status 0: the virtual address went where it must each time, and the client had its answers again.
Run it inside tests/lab/enter. Nothing leaves the namespaces made there, and nothing stays.
"""
import argparse
import signal
import sys
import time
from collections import namedtuple

from tests.lab import screen as colours
from tests.lab import timeline
from tests.lab.batond import BIN, VIP
from tests.lab.mail_front import MailFront
from tests.lab.network import Network
from tests.lab.processes import LabError
from tests.lab.screen import Screen
from tests.lab.services import require_programs

Act = namedtuple("Act", "title deed source target do")
Result = namedtuple("Result", "title source target outage_ms failed")

INTRODUCTION = f"""\
  lb1 10.0.1.2 (priority 101) and lb2 10.0.1.3 (priority 100) run HAProxy and batond, an advert each second.
  They pass mail on to mail1 10.0.1.10, or to mail2 10.0.1.11. Whoever is active has {VIP}.
  A client at 10.0.1.50 sends mail to {VIP}, one after another without pause, over a new connection each.
  All of them are network namespaces on one bridge."""

COLOUR_OF = {"act": colours.YELLOW, "client": colours.CYAN, "lb1": colours.BOLD, "lb2": colours.BOLD}


def acts(front):
    return [
        Act("The active node loses its link", "the cable of lb1 is pulled", "lb1", "lb2", front.lb["lb1"].cut),
        Act("The link comes back", "the cable of lb1 is plugged in", "lb2", "lb1", front.lb["lb1"].restore),
        Act("HAProxy stops on the active node", "HAProxy on lb1 is stopped", "lb1", "lb2", front.haproxy["lb1"].stop),
        Act("batond is stopped cleanly on the active node", "batond on lb1 gets SIGTERM", "lb1", "lb2",
            front.batond["lb1"].terminate),
    ]


def milliseconds(value):
    """12345.6 -> "12 346 ms"."""
    return f"{value:,.0f} ms".replace(",", " ")


def since(moment, row):
    return f"{'+' if row.time >= moment else '-'}{milliseconds(abs(row.time - moment) * 1000)}"


def build(network, screen):
    with screen.busy("making the network"):
        front = MailFront(network)
    with screen.busy("starting HAProxy and the mail servers"):
        front.start_services()
    with screen.busy("starting batond on lb1 and lb2"):
        front.start_batond()
        front.start_client()
    with screen.busy("lb1 waits for adverts, hears none, and becomes active"):
        front.await_home("lb1")
    return front


def play(act, front, screen):
    """Does it, waits until all is well again, and answers what came of it."""
    if front.holders() != [act.source]:
        raise LabError(f"before it, {VIP} must be on {act.source} alone; it is on {front.holders() or 'no node'}")
    moment = time.time()
    with screen.busy(f"{act.deed}; waiting for {act.target} to serve the client"):
        act.do()
        front.await_home(act.target)
        if act.do == front.batond[act.source].terminate:
            require_clean_end(front.batond[act.source])
    outage = front.smtp.outage(moment, time.time())
    for row in timeline.of_act(front, moment, act.deed, outage):
        screen.row(since(moment, row), row.who, row.what, COLOUR_OF[row.who])
    return Result(act.title, act.source, act.target, (outage.first_good - outage.last_good) * 1000, outage.failed)


def require_clean_end(batond):
    status = batond.wait()
    if status != 0:
        raise LabError(f"batond on {batond.host.name} ended with status {status}")


def tell(result, screen):
    moved = screen.paint(colours.GREEN, f"{VIP} moved from {result.source} to {result.target}.")
    screen.say()
    screen.say(f"  {moved} Longest wait between two good answers: {milliseconds(result.outage_ms)}"
               f" ({result.failed} {'mail' if result.failed == 1 else 'mails'} failed).")


def restart_haproxy(front, screen):
    screen.say()
    with screen.busy("HAProxy on lb1 is started again; lb1 takes the address back"):
        front.haproxy["lb1"].start()
        front.await_home("lb1")
    screen.say(screen.paint(colours.DIM, "  HAProxy on lb1 was started again, and lb1 took the address back."))


def summarize(results, began, screen):
    screen.title("What the client saw")
    screen.say(screen.paint(colours.DIM, f"  {'':<50}{'address moved':<16}{'without answer':>16}{'failed':>9}"))
    for number, result in enumerate(results, 1):
        screen.say(f"  {number}  {result.title:<47}{result.source} -> {result.target:<9}"
                   f"{milliseconds(result.outage_ms):>15}{result.failed:>9}")
    screen.say()
    took = f"{time.time() - began:.0f} s"
    screen.say(screen.paint(colours.GREEN, f"  The address was where it must be each time. ({took})"))
    screen.say()


def perform(network, screen):
    began = time.time()
    screen.title("baton: a pair of load balancers fails over, four times")
    screen.say(INTRODUCTION)
    screen.say()
    front = build(network, screen)
    results = []
    for number, act in enumerate(acts(front), 1):
        screen.title(f"{number}  {act.title}")
        try:
            results.append(play(act, front, screen))
        except LabError as error:
            raise LabError(f'act {number} ("{act.title}"): {error}') from None
        tell(results[-1], screen)
        if act.do == front.haproxy["lb1"].stop:
            restart_haproxy(front, screen)
    summarize(results, began, screen)


def options(argv):
    parser = argparse.ArgumentParser(prog="./dev demo", description="Watch a pair of load balancers fail over.")
    parser.add_argument("--keep", action="store_true", help="keep the logs of all programs when it went well, too")
    return parser.parse_args(argv)


def on_terminate(*_):
    raise KeyboardInterrupt


def main(argv=None):
    keep = options(argv).keep
    signal.signal(signal.SIGTERM, on_terminate)
    screen = Screen()
    network = None
    status = 1
    try:
        require_programs("haproxy", "ip", "nsenter", "setpriv", BIN / "batond")
        network = Network()
        perform(network, screen)
        status = 0
    except KeyboardInterrupt:
        screen.say("\n  stopped")
        status = 130
    except LabError as error:
        screen.say()
        screen.say(screen.paint(colours.RED, f"  FAILED: {error}"))
    finally:
        keep = keep or status == 1
        if network:
            network.close(keep_logs=keep)
            if keep:
                screen.say(f"  The logs are in {network.directory}")
    return status


if __name__ == "__main__":
    sys.exit(main())
