// What a check or a peer may say, and what of it may reach a terminal.
#include "base/printable.h"

#include <doctest/doctest.h>
#include <vector>

using baton::printable;

namespace {

const std::string unknown = "\xef\xbf\xbd"; // U+FFFD

} // namespace

TEST_CASE("text in any language stays as it is") {
    for (const std::string text : {"", "exit 1: refused", "caf\xc3\xa9", "\xe2\x82\xac 5", "\xf0\x9f\x98\x80",
                                   "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xc2\xa0", "\xf4\x8f\xbf\xbf"})
        CHECK(printable(text) == text);
}

TEST_CASE("control characters become spaces, those of two octets too") {
    CHECK(printable("a\x1b[2Jb\x07\x7f\n!") == "a [2Jb   !");
    CHECK(printable(std::string_view("a\0b", 3)) == "a b");
    CHECK(printable("a\xc2\x9b"
                    "2Jb") == "a 2Jb"); // CSI
    CHECK(printable("\xc2\x80\xc2\x85\xc2\x9f.") == "   .");
}

TEST_CASE("what turns the direction of writing or ends a line becomes a space") {
    for (const std::string mark : {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9",
                                   "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"})
        CHECK(printable("a" + mark + "b") == "a b");
    CHECK(printable("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa") ==
          "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa"); // beside
}

TEST_CASE("what is not UTF-8 is replaced octet by octet, and what follows is read") {
    CHECK(printable("a\xff!") == "a" + unknown + "!");
    CHECK(printable("\x9b"
                    "2J") == unknown + "2J"); // CSI of a terminal that reads Latin-1
    CHECK(printable("\xa9x") == unknown + "x");
    CHECK(printable("\xe2\x82x") == unknown + unknown + "x");
    CHECK(printable("\xc3\xc3\xa9") == unknown + "\xc3\xa9");
}

TEST_CASE("a sequence that is cut off is replaced") {
    const std::string smile = "\xf0\x9f\x98\x80";
    for (std::size_t size = 1; size < smile.size(); ++size) {
        std::string expected;
        for (std::size_t i = 0; i < size; ++i)
            expected += unknown;
        CHECK(printable(smile.substr(0, size)) == expected);
    }
    CHECK(printable("x\xc3") == "x" + unknown);
}

TEST_CASE("a character written longer than it is, a surrogate, and what lies beyond Unicode are not UTF-8") {
    CHECK(printable("\xc1\x9b") == unknown + unknown);
    CHECK(printable("\xc0\x9b") == unknown + unknown); // escape
    CHECK(printable("\xe0\x82\x9b") == unknown + unknown + unknown);
    CHECK(printable("\xed\xa0\x80") == unknown + unknown + unknown);
    CHECK(printable("\xf4\x90\x80\x80") == unknown + unknown + unknown + unknown);
    CHECK(printable("\xf8\x88\x80\x80") == unknown + unknown + unknown + unknown);
}
