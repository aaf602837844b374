"""What tests with many checks at once ask of a batond: what each says, and how soon each turned."""
from tests.lab.batond import seconds
from tests.lab.processes import LabError, eventually

BUSY = 10.0  # what a busy machine and a sanitizer may add to a check's time


def await_checks(daemon, state, details):
    """Waits until each check of {name: how its detail begins} is in that state and says so, all at the same time."""
    missing = {}

    def all_say_so():
        found = {check["name"]: check for check in daemon.status()["checks"]}
        missing.clear()
        for name, words in details.items():
            said = (found[name]["last"] or {}).get("detail", "")
            if found[name]["state"] != state or not said.startswith(words):
                missing[name] = (found[name]["state"], said)
        return not missing
    try:
        eventually(all_say_so, "", timeout=90, step=0.05)
    except LabError:
        raise LabError(f"checks that are not {state}, or for another reason: {missing}") from None


def turned_down(daemon, after):
    """{check: how long after that moment it went down}"""
    found = {}
    for event in daemon.events("check_changed"):
        if event["state"] == "down" and seconds(event["time"]) > after:
            found.setdefault(event["check"], seconds(event["time"]) - after)
    return found
