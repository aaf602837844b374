// The nearest known word: which slips are recognised, and which words are left alone.
#include "base/nearest.h"

#include <doctest/doctest.h>
#include <vector>

namespace baton {
namespace {

const std::vector<std::string> words{"interface",       "vrid",    "priority",
                                     "advert_interval", "preempt", "addresses"};

TEST_CASE("one slip of each kind") {
    CHECK(nearest("prioirty", words) == "priority");  // two neighbours swapped
    CHECK(nearest("prority", words) == "priority");   // one left out
    CHECK(nearest("priorrity", words) == "priority"); // one too many
    CHECK(nearest("priarity", words) == "priority");  // one wrong
    CHECK(nearest("PRIORITY", words) == "priority");
    CHECK(nearest("vird", words) == "vrid");
}

TEST_CASE("a long word may have more slips than a short one") {
    CHECK(nearest("advertinterval", words) == "advert_interval");
    CHECK(nearest("advrt_intervall", words) == "advert_interval");
    CHECK(nearest("adress", words) == "addresses");
    CHECK(nearest("adreses", words) == "addresses");
    CHECK(nearest("vr", words) == "");
    CHECK(nearest("virt", words) == "");
}

TEST_CASE("an abbreviation stands for the whole word") {
    CHECK(nearest("prio", words) == "priority");
    CHECK(nearest("advert_int", words) == "advert_interval");
    CHECK(nearest("vr", words) == "");
}

TEST_CASE("no neighbour") {
    CHECK(nearest("", words) == "");
    CHECK(nearest("listen", words) == "");
    CHECK(nearest("priority", std::vector<std::string>{}) == "");
    CHECK(nearest("a", std::vector<std::string>{"b", ""}) == "");
    CHECK(nearest(std::string(65, 'x'), std::vector<std::string>{std::string(64, 'x')}) == "");
    CHECK(nearest(std::string(64, 'x'), std::vector<std::string>{std::string(65, 'x')}) == "");
}

TEST_CASE("the nearest wins, then the first") {
    const std::vector<std::string> interfaces{"eth1", "eth0", "eth00"};
    CHECK(nearest("eth0", interfaces) == "eth0");
    CHECK(nearest("eth9", interfaces) == "eth1");
    CHECK(nearest("eth000", interfaces) == "eth00");
}

} // namespace
} // namespace baton
