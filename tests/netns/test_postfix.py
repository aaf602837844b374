"""The lab's own Postfix (tests/lab/postfix.py): takes mail, keeps what it cannot pass on, and leaves nothing behind."""
import pytest

from tests.lab.postfix import Postfix, SmtpSink, can_run, smtp_source
from tests.lab.processes import LabError, eventually

pytestmark = pytest.mark.skipif(not can_run(), reason="Postfix becomes other users, which only the machine's root may")


def test_takes_mail_and_keeps_what_it_cannot_pass_on(lab):
    client = lab.host("client", "10.0.1.50/24")
    postfix = Postfix(lab.host("mail1", "10.0.1.10/24")).start()
    smtp_source(client, "10.0.1.10:25", mails=10, sessions=3)
    eventually(lambda: postfix.said().count("status=sent") == 10 and postfix.queue() == [], "ten mails are thrown away")
    postfix.settings["relayhost"] = "[10.0.1.50]:25"
    postfix.reload()
    smtp_source(client, "10.0.1.10:25", recipient="user@example.net")
    deferred = eventually(lambda: [mail for mail in postfix.queue() if mail["queue_name"] == "deferred"], "one waits")
    assert "Connection refused" in deferred[0]["recipients"][0]["delay_reason"]
    postfix.stop()
    assert postfix.pids() == []
    SmtpSink(client)
    postfix.start()
    postfix.tool("postqueue", "-f")
    eventually(lambda: postfix.queue() == [], "it has been passed on")


def test_ends_in_any_way(lab):
    client = lab.host("client", "10.0.1.50/24")
    postfix = Postfix(lab.host("mail1", "10.0.1.10/24")).listen(587)
    for end in (postfix.stop, postfix.kill):
        postfix.start()
        smtp_source(client, "10.0.1.10:587")
        end()
        assert not postfix.running() and postfix.pids() == []
        with pytest.raises(LabError, match="Connection refused"):
            smtp_source(client, "10.0.1.10:25")
    postfix.postfix("start")
    assert postfix.postfix("status").returncode == 0
    postfix.postfix("stop")
    assert postfix.postfix("status", check=False).returncode != 0
    eventually(lambda: postfix.pids() == [], "its last processes end")
