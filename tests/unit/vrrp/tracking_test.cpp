#include "vrrp/tracking.h"

#include <doctest/doctest.h>
#include <string>

using namespace baton;
using namespace baton::vrrp;

namespace {

/// The states after each result: 'U'p, 'D'own, and what was said: '+' good, '-' bad.
std::string states(unsigned rise, unsigned fall, const std::string& results) {
    CheckTracker tracker({"c", rise, fall}, Time{});
    std::string states;
    for (const char result : results) {
        const auto before = tracker.state();
        const bool changed = tracker.handle({CheckId{0}, result == '+', "", {}}, Time{});
        CHECK(changed == (tracker.state() != before));
        states += tracker.state() == CheckView::State::up ? 'U' : 'D';
    }
    return states;
}

std::vector<Contribution> contributions(std::initializer_list<int> applied) {
    std::vector<Contribution> all;
    for (const int one : applied) {
        Contribution contribution;
        contribution.applied = one;
        all.push_back(contribution);
    }
    return all;
}

} // namespace

TEST_CASE("the first result counts at once, whatever rise and fall say") {
    CHECK(states(3, 3, "+") == "U");
    CHECK(states(3, 3, "-") == "D");
}

TEST_CASE("it takes `fall` bad results in a row to go down and `rise` good ones to come up") {
    CHECK(states(1, 1, "+-+-") == "UDUD");
    CHECK(states(2, 3, "+--+---+-++") == "UUUUUUDDDDU");
}

TEST_CASE("the last result and the streak are there to be seen") {
    CheckTracker tracker({"haproxy", 1, 3}, Time{});
    CHECK(tracker.state() == CheckView::State::unknown);
    CHECK(tracker.handle({CheckId{0}, true, "fine", {}}, Time{}));
    CHECK_FALSE(tracker.handle({CheckId{0}, false, "exit status 1", std::chrono::milliseconds(7)}, Time{}));
    REQUIRE(tracker.view().last);
    CHECK_FALSE(tracker.view().last->ok);
    CHECK(tracker.view().last->detail == "exit status 1");
    CHECK(tracker.view().last->took == std::chrono::milliseconds(7));
    CHECK(tracker.view().streak == 1);
    CHECK(tracker.state() == CheckView::State::up);
}

TEST_CASE("a positive weight is earned, a negative one is a fine, zero is neither") {
    CHECK(applied_weight(20, true) == 20);
    CHECK(applied_weight(20, false) == 0);
    CHECK(applied_weight(-20, true) == 0);
    CHECK(applied_weight(-20, false) == -20);
    CHECK(applied_weight(0, true) == 0);
    CHECK(applied_weight(0, false) == 0);
}

TEST_CASE("the effective priority stays within 1..254, and the owner's is always 255") {
    CHECK(effective_priority(Priority{101}, contributions({-20})) == Priority{81});
    CHECK(effective_priority(Priority{101}, contributions({-20, 30, -1})) == Priority{110});
    CHECK(effective_priority(Priority{10}, contributions({-253})) == Priority{1});
    CHECK(effective_priority(Priority{250}, contributions({253})) == Priority{254});
    CHECK(effective_priority(owner, contributions({-253})) == owner);
}
