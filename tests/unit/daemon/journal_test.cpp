#include "daemon/journal.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;

TEST_CASE("the journal keeps the last twenty transitions of each instance, oldest first") {
    Journal journal(2);
    for (std::uint64_t number = 1; number <= 25; ++number) {
        control::TransitionRecord record;
        record.number = number;
        journal.add(1, record);
    }
    REQUIRE(journal.transitions().size() == 2);
    CHECK(journal.transitions()[0].empty());
    REQUIRE(journal.transitions()[1].size() == 20);
    CHECK(journal.transitions()[1].front().number == 6);
    CHECK(journal.transitions()[1].back().number == 25);
}
