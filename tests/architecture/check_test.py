#!/usr/bin/env python3
"""The checks must see what they are there for: each test plants one violation in a small tree of its own."""
import subprocess
import tempfile
import unittest
from pathlib import Path

import check
from rules import FOLDERS

CLEAN = {
    "base/address.h": "#pragma once\n#include <cstdint>\n",
    "base/address.cpp": '#include "base/address.h"\n#include <arpa/inet.h>\n',
    "base/CMakeLists.txt": "baton_library(base SOURCES address.cpp LINKS Boost::headers)\n",
    "vrrp/snapshot.h": '#pragma once\n#include "base/address.h"\n// now() and sleep are words like any other here\n',
    "vrrp/CMakeLists.txt": "baton_library(vrrp\n  SOURCES a.cpp\n  LINKS baton_base) # sockets\n",
    "net/frames.cpp": '#include "base/address.h"\n#include <boost/asio/post.hpp>\n#include <sys/socket.h>\n',
    "control/status.cpp": '#include "vrrp/snapshot.h"\n#include <nlohmann/json.hpp>\n',
}


class Tree(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = Path(self.directory.name)
        for name, text in CLEAN.items():
            self.plant(name, text)

    def plant(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def complaints(self, archives=None):
        return list(check.check_all(self.root, archives or {}))

    def assert_only(self, *parts):
        """Exactly one complaint, with all these parts in it."""
        complaints = self.complaints()
        self.assertEqual(len(complaints), 1, complaints)
        for part in parts:
            self.assertIn(part, complaints[0])

    def test_clean_tree(self):
        self.assertEqual(self.complaints(), [])

    def test_core_includes_an_edge(self):
        self.plant("net/socket.h", "#pragma once\n")
        self.plant("vrrp/node.cpp", '#include "base/address.h"\n#include "net/socket.h"\n')
        self.assert_only("vrrp/node.cpp:2", 'may not include "net/socket.h"', "base")

    def test_edge_includes_the_core(self):
        self.plant("net/frames.cpp", '  #  include "vrrp/snapshot.h"\n')
        self.assert_only("net/frames.cpp:1", "vrrp/snapshot.h")

    def test_include_behind_a_comment(self):
        self.plant("net/socket.h", "#pragma once\n")
        self.plant("vrrp/node.h", '#pragma once\n/* x */ #include "net/socket.h"\n')
        self.assert_only("vrrp/node.h:2", 'may not include "net/socket.h"')

    def test_include_by_a_macro(self):
        self.plant("vrrp/node.h", '#pragma once\n#define H "net/socket.h"\n#include H\n')
        self.assert_only("vrrp/node.h:3", "not by a macro")

    def test_edge_includes_a_library_that_is_not_its_own(self):
        self.plant("net/frames.cpp", '#include <curl/curl.h>\n')
        self.assert_only("net/frames.cpp:1", "<curl/curl.h>")
        self.plant("net/frames.cpp", '#include <zlib.h>\n')
        self.assert_only("net/frames.cpp:1", "<zlib.h>")

    def test_folder_without_a_rule(self):
        self.plant("foo/bar.cpp", "int x;\n")
        self.assert_only("foo/", "no such folder")

    def test_links_said_elsewhere(self):
        self.plant("CMakeLists.txt", "project(x)\ntarget_link_libraries(baton_vrrp PRIVATE baton_net)\n")
        self.assert_only("CMakeLists.txt:2", "own folder")

    def test_single_header_allows_no_other(self):
        self.plant("vrrp/node.h", "#pragma once\n")
        self.plant("control/status.cpp", '#include "vrrp/node.h"\n')
        self.assert_only("control/status.cpp:1", "vrrp/node.h")

    def test_relative_include(self):
        self.plant("net/frames.cpp", '#include "frames.h"\n')
        self.assert_only("net/frames.cpp:1", "from its root")

    def test_third_party_in_the_wrong_folder(self):
        self.plant("net/frames.cpp", "#include <nlohmann/json.hpp>\n")
        self.assert_only("net/frames.cpp:1", "<nlohmann/json.hpp>")

    def test_operating_system_in_a_pure_folder(self):
        self.plant("vrrp/node.cpp", "#include <sys/socket.h>\n")
        self.assert_only("vrrp/node.cpp:1", "<sys/socket.h>")

    def test_impure_standard_header(self):
        self.plant("base/clock.h", "#include <thread>\n")
        self.assert_only("base/clock.h:1", "<thread>")

    def test_each_impure_word(self):
        for code in ["auto t = Clock::now();", "std::chrono::steady_clock c;", "clock_gettime(CLOCK_BOOTTIME, &ts);",
                     "std::this_thread::sleep_for(1s);", "thread_local int x;", 'auto* e = getenv("X");',
                     "int fd = socket(AF_INET, SOCK_RAW, 112);", 'printf("x");', 'std::cerr << "x";',
                     "std::random_device dice;"]:
            with self.subTest(code):
                self.plant("vrrp/node.cpp", "// fine\n" + code + "\n")
                complaints = self.complaints()
                self.assertTrue(complaints and "vrrp/node.cpp:2" in complaints[0], complaints)

    def test_words_in_comments_and_strings_do_no_harm(self):
        self.plant("vrrp/node.cpp", '/* now()\n sleep */ auto* text = "printf and getenv \\" now()"; // thread\n'
                                    "constexpr auto big = 1'000'000;\n")
        self.assertEqual(self.complaints(), [])

    def test_own_header_is_not_first(self):
        self.plant("base/address.cpp", '#include <string>\n#include "base/address.h"\n')
        self.assert_only("base/address.cpp:1", '"base/address.h"')

    def test_forbidden_links(self):
        self.plant("vrrp/CMakeLists.txt", "baton_library(vrrp SOURCES a.cpp LINKS baton_base Boost::headers)\n")
        self.assert_only("vrrp/CMakeLists.txt", "Boost::headers")
        self.plant("vrrp/CMakeLists.txt", "baton_library(vrrp SOURCES a.cpp LINKS baton_base evil ALONE a.cpp)\n")
        self.assert_only("vrrp/CMakeLists.txt", "evil")
        self.plant("vrrp/CMakeLists.txt", "baton_library(vrrp SOURCES a.cpp LINKS baton_base ALONE a.cpp)\n"
                                          "target_link_libraries(baton_vrrp PRIVATE spdlog::spdlog)\n")
        self.assert_only("vrrp/CMakeLists.txt", "spdlog::spdlog")

    def archive(self, code):
        self.plant("a.cpp", code)
        subprocess.run(["c++", "-std=c++20", "-c", "a.cpp"], cwd=self.root, check=True)
        subprocess.run(["ar", "rc", "liba.a", "a.o"], cwd=self.root, check=True)
        return str(self.root / "liba.a")

    def test_symbols(self):
        innocent = self.archive("#include <string>\n#include <vector>\n#include <stdexcept>\n"
                                "std::string f(int n) { if (n < 0) throw std::runtime_error(\"n\");"
                                " return std::vector<std::string>(5, std::to_string(n)).at(3); }\n")
        self.assertEqual(self.complaints({"vrrp": innocent}), [])
        clock = self.archive("#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }\n")
        self.assertIn("steady_clock::now()", " ".join(self.complaints({"vrrp": clock})))
        inet = self.archive("#include <arpa/inet.h>\nint f(void* to) { return inet_pton(AF_INET, \"::\", to); }\n")
        self.assertEqual(self.complaints({"base": inet}), [])
        self.assertIn("inet_pton", " ".join(self.complaints({"vrrp": inet})))

    def test_each_folder_of_the_table_is_looked_at(self):
        for folder in FOLDERS:
            with self.subTest(folder):
                self.plant(f"{folder}/planted.cpp", '#include "nowhere/nothing.h"\n')
                self.assertTrue(any(f"{folder}/planted.cpp:1" in line for line in self.complaints()))


if __name__ == "__main__":
    unittest.main()
