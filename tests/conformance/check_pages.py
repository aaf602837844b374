#!/usr/bin/env python3
"""Holds docs/conformance.md against the tree: every requirement has one row, and each row names what exists.

A row is | id | level | section | statement | where | proof |. `where` names files of the program. `proof` names tests,
from the folder tests/: `scenarios/t01.txt`, `unit/vrrp/node_test.cpp::a doctest case`, `netns/test_wire.py::test_x`,
`vectors/golden.json::packet`, `sim/CMakeLists.txt::a test of ctest`, `fuzz/fuzz_node.cpp`. What is missing is said in words:
"not yet: why" or "cannot be run here: why" (alone, or behind the proofs of what is there), or "does not apply: why".
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

PAGE = "docs/conformance.md"
RANGES = [(1, 25), (30, 35), (40, 72), (80, 107), (110, 139), (150, 164)]
IDS = [f"C{number:03}" for first, last in RANGES for number in range(first, last + 1)]
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "own"}
PROVEN, IN_PART, NOT_YET, NOT_OURS = "proven", "proven in part", "not yet", "do not apply"

CASE = re.compile(r'TEST_CASE(?:_FIXTURE)?\(\s*(?:\w+,\s*)?"((?:[^"\\]|\\.)*)"')
FUNCTION = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
CTEST = re.compile(r"add_test\(NAME (\w+)")
QUOTED = re.compile(r"`([^`]*)`")
MISSING = re.compile(r"\b(not yet|cannot be run here|does not apply): ?(.*)")


def rows(text):
    """(line number, cells) of each row that begins with an id."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\| *C\d", line):
            yield number, [cell.strip() for cell in line.strip().strip("|").split("|")]


def names_in(path):
    """The tests that a file has."""
    text = path.read_text()
    if path.suffix == ".cpp":
        return {re.sub(r"\\(.)", r"\1", name) for name in CASE.findall(text)}
    if path.suffix == ".py":
        return set(FUNCTION.findall(text))
    if path.suffix == ".json":
        return {packet["name"] for packet in json.loads(text)["packets"]}
    return set(CTEST.findall(text))


def wrong_proof(root, proof):
    file, separator, name = proof.partition("::")
    path = root / "tests" / file
    if not path.is_file():
        return f"there is no tests/{file}"
    if not separator:
        whole = path.suffix == ".txt" or path.name.startswith("fuzz_")
        return None if whole else f"`{proof}` names no test"
    return None if name in names_in(path) else f'tests/{file} has no test "{name}"'


def status_of(cells):
    missing = MISSING.search(cells[5])
    if not missing:
        return PROVEN
    if missing[1] == "does not apply":
        return NOT_OURS
    return IN_PART if QUOTED.findall(cells[5][:missing.start()]) else NOT_YET


def check_row(root, cells):
    if len(cells) != 6:
        yield f"{len(cells)} cells, not 6"
        return
    _, level, section, statement, where, proof = cells
    if level not in LEVELS:
        yield f'there is no level "{level}"'
    if not section or not statement:
        yield "section or statement is missing"
    missing = MISSING.search(proof)
    if missing and len(missing[2]) < 10:
        yield f'"{missing[1]}" needs a reason'
    files = QUOTED.findall(where)
    if not files and status_of(cells) in (PROVEN, IN_PART):
        yield "who does it?"
    for file in files:
        if not (root / file).is_file():
            yield f"there is no {file}"
    proofs = QUOTED.findall(proof[:missing.start()] if missing else proof)
    if not proofs and not missing:
        yield 'no test is named; say "not yet: ..." and why'
    for one in proofs:
        wrong = wrong_proof(root, one)
        if wrong:
            yield wrong


def summary(found):
    """The line that the page must have."""
    counts = Counter(status_of(cells) for cells in found if len(cells) == 6)
    parts = [f"{counts[status]} {status}" for status in (PROVEN, IN_PART, NOT_YET, NOT_OURS)]
    return f"Of {len(found)} requirements: " + ", ".join(parts) + "."


def check_all(root):
    text = (root / PAGE).read_text()
    found = list(rows(text))
    seen = Counter(cells[0] for _, cells in found)
    for name in IDS:
        if seen[name] != 1:
            yield f"{PAGE}: {name} has {seen[name]} rows"
    for name in sorted(set(seen) - set(IDS)):
        yield f"{PAGE}: there is no requirement {name}"
    for number, cells in found:
        for wrong in check_row(root, cells):
            yield f"{PAGE}:{number}: {cells[0]}: {wrong}"
    line = summary([cells for _, cells in found])
    if line not in text.splitlines():
        yield f'{PAGE}: must say "{line}"'


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    wrong = list(check_all(root))
    for line in wrong:
        print(line)
    print(f"{len(wrong)} things wrong" if wrong else "every row names what exists")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
