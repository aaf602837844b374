"""docs/hooks.md and what the hooks say of themselves: what is shown there is what there is."""
import json
import re
import shlex

import pytest

from tests.lab.batond import ROOT
from tests.lab.hooks import HOOKS, environment, hook, shipped

PAGE = (ROOT / "docs" / "hooks.md").read_text()
NAMES = [path.name for path in shipped()]
HELP = {name: hook(name, "--help").stdout for name in NAMES}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands():
    """Each command line of a hook: those of the page, and those of the hooks' own examples and configurations."""
    lines = [line.partition("# ")[2] for text in blocks("console") for line in text.splitlines() if "# " in line]
    lines += [line.strip() for name in NAMES for line in HELP[name].replace("\\\n", " ").splitlines()
              if re.match(rf"  (\S+# |(BATON_\w+=\S+ )+)?{name} ", line)]
    for line in lines:
        words = shlex.split(line.partition("# ")[2] or line)
        words = [word for word in words if not word.startswith("BATON_")]
        yield words[0].rpartition("/")[2], words[1:]


def runs(value):
    """Each "run" of a JSON value."""
    if isinstance(value, dict):
        yield from ([value["run"]] if "run" in value else [])
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        yield from runs(one)


def configured():
    for text in blocks("json") + blocks("jsonc"):
        text = re.sub(r"//.*", "", text)
        yield from runs(json.loads(text if text.lstrip().startswith("{") else "{" + text + "}"))
    for name in NAMES:
        for found in re.findall(r'"run": (\[.*?\])', HELP[name], re.DOTALL):
            yield json.loads(found)


def test_the_page_tells_of_every_hook():
    assert NAMES == sorted(re.findall(r"(?m)^## ([a-z-]+)$", PAGE))
    assert set(environment("active")) >= set(re.findall(r"BATON_[A-Z_]+[A-Z]", PAGE))


def test_every_hook_is_installed():
    listed = (ROOT / "scripts" / "CMakeLists.txt").read_text()
    assert sorted(re.findall(r"hooks/([a-z_-]+(?:\.py)?)", listed.replace("lib/baton/hooks", ""))) == sorted(
        path.name for path in HOOKS.iterdir() if path.is_file())


def test_every_hook_that_is_configured_is_there():
    argvs = list(configured())
    ours = [argv for argv in argvs if argv[0].startswith("/usr/lib/baton/hooks/")]
    assert len(ours) > 15
    for argv in ours:
        takes(argv[0].rpartition("/")[2], argv[1:])


def test_every_command_that_is_shown_is_understood():
    shown = list(commands())
    assert {name for name, _ in shown} == set(NAMES)
    for name, words in shown:
        takes(name, words)


def takes(name, words):
    """The options are those that the hook tells of; the rest are words."""
    assert name in NAMES
    for word in words:
        if word.startswith("--") and word != "--":
            assert re.search(rf"{re.escape(word)}\b", HELP[name]), f"{name} has no {word}"


@pytest.mark.parametrize("name", NAMES)
def test_lines_of_the_help_are_not_too_long(name):
    assert max(len(line) for line in HELP[name].splitlines()) <= 128
