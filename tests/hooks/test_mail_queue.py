"""batond calls queue-handover in the mail site of docs/mail-site.md: no mail is lost, and none doubled by what is planned."""
import json
import re

import pytest

from tests.lab.batond import BIN, ROOT
from tests.lab.mail_queue import ACTS, MAIL, QUEUE, of_queue, perform, told
from tests.lab.mail_site import PAGE, used
from tests.lab.postfix import can_run

MAILS, RATE, ADVERT_INTERVAL = 300, 60, "300ms"


@pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")
@pytest.mark.parametrize("name", ["released", "stopped", "killed", "cut off"])
def test_no_mail_is_lost(lab, report, name):
    found = perform(name, lab.network, PAGE.read_text(), MAILS, RATE, ADVERT_INTERVAL)
    report(told(name, found))
    assert found.doubled == 0 or not ACTS[name].planned
    assert found.handed_over >= (MAILS // 4 if name != "cut off" else 0)


@pytest.mark.parametrize("node", MAIL)
def test_batond_finds_no_fault_in_the_configuration(lab, node):
    host = lab.host(node, f"{MAIL[node]}/24")
    config = of_queue(PAGE.read_text())[node]
    for hooks in config["instances"][QUEUE]["hooks"].values():
        for hook in hooks:
            hook["run"][0] = str(ROOT / "scripts" / "hooks" / "queue-handover")
    file = host.directory / "baton.json"
    file.write_text(json.dumps(config))
    assert "good; 1 instance, 1 check" in host.run(BIN / "batond", "--config", file, "--check").stdout


def test_both_pages_have_the_same_hooks():
    hooks = (ROOT / "docs" / "hooks.md").read_text().partition("## queue-handover")[2]
    recommended = json.loads(re.search(r"```json\n(.*?)```", hooks, re.DOTALL)[1])
    assert json.loads(used("queue.json", PAGE.read_text()))["instances"][QUEUE]["hooks"] == recommended
