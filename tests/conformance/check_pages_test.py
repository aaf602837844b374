#!/usr/bin/env python3
"""The check must see what it is there for: each test breaks one thing on a page that is in order."""
import tempfile
import unittest
from pathlib import Path

import check_pages

TREE = {
    "vrrp/advert.cpp": "",
    "tests/unit/advert_test.cpp": 'TEST_CASE("goes out, and comes back") {\n}\n'
                                  'TEST_CASE_FIXTURE(Wire,\n    "in two \\"lines\\"") {}\n',
    "tests/netns/test_wire.py": "def test_sent(lab):\n    pass\n",
    "tests/vectors/golden.json": '{"packets": [{"name": "v3_plain"}]}',
    "tests/sim/CMakeLists.txt": "add_test(NAME simulate COMMAND simulate)\n",
    "tests/scenarios/t01.txt": "",
}
PROOFS = ("`unit/advert_test.cpp::goes out, and comes back`", '`unit/advert_test.cpp::in two "lines"`',
          "`netns/test_wire.py::test_sent`", "`vectors/golden.json::v3_plain`", "`sim/CMakeLists.txt::simulate`",
          "`scenarios/t01.txt`")


def row(name, proof=", ".join(PROOFS), where="`vrrp/advert.cpp`", level="MUST"):
    return f"| {name} | {level} | 5.2 | something | {where} | {proof} |"


class Page(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for name, text in TREE.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.rows = {name: row(name) for name in check_pages.IDS}

    def complaints(self, more="", line=None):
        text = "\n".join(self.rows.values()) + "\n" + more
        found = [cells for _, cells in check_pages.rows(text)]
        (self.root / "docs").mkdir(exist_ok=True)
        page = text + "\n" + (line or check_pages.summary(found)) + "\n"
        (self.root / check_pages.PAGE).write_text(page)
        return list(check_pages.check_all(self.root))

    def assert_only(self, part, **how):
        complaints = self.complaints(**how)
        self.assertEqual(len(complaints), 1, complaints)
        self.assertIn(part, complaints[0])

    def test_a_page_in_order(self):
        self.assertEqual(self.complaints(), [])

    def test_ids(self):
        self.assert_only("C001 has 2 rows", more=row("C001"))
        self.assert_only("no requirement C026", more=row("C026"))
        del self.rows["C164"]
        self.assert_only("C164 has 0 rows")

    def test_each_kind_of_proof_must_exist(self):
        for proof in PROOFS:
            with self.subTest(proof):
                self.rows["C001"] = row("C001", proof[:-1] + "x`")
                self.assert_only("C001: ")
        for proof in ("`unit/other_test.cpp::x`", "`unit/advert_test.cpp`"):
            with self.subTest(proof):
                self.rows["C001"] = row("C001", proof)
                self.assert_only("C001: ")

    def test_files_must_exist(self):
        self.rows["C001"] = row("C001", where="`vrrp/none.cpp`")
        self.assert_only("there is no vrrp/none.cpp")
        self.rows["C001"] = row("C001", where="somewhere")
        self.assert_only("who does it?")

    def test_what_is_missing_needs_a_reason(self):
        for words in ("not yet: no virtual MAC", "does not apply: FDDI is gone", "cannot be run here: no such router", PROOFS[0] + "; not yet: on the wire"):
            with self.subTest(words):
                self.rows["C001"] = row("C001", words)
                self.assertEqual(self.complaints(), [])
        for words in ("not yet: so", "does not apply:", ""):
            with self.subTest(words):
                self.rows["C001"] = row("C001", words)
                self.assertEqual(len(self.complaints()), 1)

    def test_levels_and_cells(self):
        self.rows["C001"] = row("C001", level="OUGHT")
        self.assert_only("OUGHT")
        self.rows["C001"] = "| C001 | MUST | 5.2 | something |"
        self.assert_only("4 cells")

    def test_counts(self):
        self.assert_only("must say", line="Of 137 requirements: all is well.")


if __name__ == "__main__":
    unittest.main()
