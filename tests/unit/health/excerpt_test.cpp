// Short pieces and short lists.
#include "health/excerpt.h"

#include "health/list.h"

#include <doctest/doctest.h>

using namespace baton::health;

TEST_CASE("an excerpt is short, and says when there is more") {
    const std::string text(80, 'x');
    CHECK(excerpt("") == "");
    CHECK(excerpt(text) == text);
    CHECK(excerpt(text + "y") == text + "...");
}

TEST_CASE("a first line ends at LF or CR LF, or with the text") {
    CHECK(first_line("a\nb") == "a");
    CHECK(first_line("a\r\nb\n") == "a");
    CHECK(first_line("a\rb") == "a\rb");
    CHECK(first_line("\n") == "");
    CHECK(first_line("") == "");
}

TEST_CASE("of many items the first eight are named") {
    CHECK(first_of({}, ", ") == "");
    CHECK(first_of({"a"}, ", ") == "a");
    CHECK(first_of({"a", "b", "c", "d", "e", "f", "g", "h"}, "; ") == "a; b; c; d; e; f; g; h");
    CHECK(first_of(std::vector<std::string>(10, "x"), ", ") == "x, x, x, x, x, x, x, x, and 2 more");
}

TEST_CASE("space is taken from both ends, and no further") {
    CHECK(trimmed(" \t a b\r\n") == "a b");
    CHECK(trimmed("a") == "a");
    CHECK(trimmed(" \r\n\t") == "");
    CHECK(trimmed("") == "");
}
