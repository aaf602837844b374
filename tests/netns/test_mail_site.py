"""The configurations of docs/mail-site.md are good, and its drill has been played. `./dev mail-site` plays it."""
import pytest

from tests.lab.batond import BIN
from tests.lab.mail_site import ACTS, PAGE, configurations, used, with_shown
from tests.lab.network import run


@pytest.mark.parametrize("node", ["lb1", "lb2"])
def test_batond_finds_no_fault_in_the_configuration(lab, node):
    host = lab.host(node, "10.0.1.2/24")  # with an eth0, as a load balancer has
    file = host.directory / "baton.json"
    file.write_text(configurations(PAGE.read_text())[node])
    assert "good; 1 instance, 3 checks" in host.run(BIN / "batond", "--config", file, "--check").stdout


def test_haproxy_finds_no_fault_in_the_configuration(tmp_path):
    file = tmp_path / "haproxy.cfg"
    file.write_text(used("haproxy.cfg", PAGE.read_text()))
    run(["haproxy", "-c", "-f", file])


def test_each_act_is_shown():
    page = PAGE.read_text()
    for act in ACTS:
        assert f"<!-- shown: {act} -->\n```text\n" in page
        changed = with_shown(page, act, "something else\n")
        assert changed != page
        assert with_shown(changed, act, "something else\n") == changed
