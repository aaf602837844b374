#include "daemon/journal.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;

TEST_CASE("the journal keeps the last twenty transitions of each instance, oldest first") {
    Journal journal;
    for (std::uint64_t number = 1; number <= 25; ++number) {
        control::TransitionRecord record;
        record.number = number;
        journal.add("b", record);
    }
    CHECK(journal.transitions("a").empty());
    REQUIRE(journal.transitions("b").size() == 20);
    CHECK(journal.transitions("b").front().number == 6);
    CHECK(journal.transitions("b").back().number == 25);
}

TEST_CASE("what has gone is forgotten") {
    Journal journal;
    journal.add("a", {});
    journal.add("b", {});
    journal.keep([](const std::string& name) { return name == "b"; });
    CHECK(journal.transitions("a").empty());
    CHECK(journal.transitions("b").size() == 1);
}
