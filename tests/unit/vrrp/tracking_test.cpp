#include "vrrp/tracking.h"

#include "vrrp/node.h"

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
    CHECK(applied_weight(20, 1) == 20);
    CHECK(applied_weight(20, 0) == 0);
    CHECK(applied_weight(-20, 1) == 0);
    CHECK(applied_weight(-20, 0) == -20);
    CHECK(applied_weight(0, 1) == 0);
    CHECK(applied_weight(0, 0) == 0);
}

TEST_CASE("the effective priority stays within 1..254, and the owner's is always 255") {
    CHECK(effective_priority(Priority{101}, contributions({-20})) == Priority{81});
    CHECK(effective_priority(Priority{101}, contributions({-20, 30, -1})) == Priority{110});
    CHECK(effective_priority(Priority{10}, contributions({-253})) == Priority{1});
    CHECK(effective_priority(Priority{250}, contributions({253})) == Priority{254});
    CHECK(effective_priority(owner, contributions({-253})) == owner);
}

TEST_CASE("a part of the weight follows what is well, rounded to the nearest") {
    CHECK(applied_weight(-20, 0.75) == -5);
    CHECK(applied_weight(-20, 0.5) == -10);
    CHECK(applied_weight(40, 0.25) == 10);
    CHECK(applied_weight(-10, 2.0 / 3) == -3);
    CHECK(applied_weight(253, 1) == 253);
}

namespace {

/// What counts after each of the shares.
std::vector<double> steadied(unsigned rise, unsigned fall, const std::vector<double>& shares) {
    ShareTracker tracker;
    std::vector<double> counted;
    for (const auto share : shares) {
        const auto before = tracker.share();
        const bool changed = tracker.take(share, rise, fall);
        CHECK(changed == (tracker.share() != before));
        counted.push_back(*tracker.share());
    }
    return counted;
}

using Shares = std::vector<double>;

} // namespace

TEST_CASE("a share falls to the greatest of `fall` lower ones and rises to the least of `rise` higher ones") {
    CHECK(steadied(1, 1, {1, 0.5, 0.75}) == Shares{1, 0.5, 0.75});
    CHECK(steadied(2, 3, {1, 0.5, 0.25, 0.75, 0.75, 1, 1}) == Shares{1, 1, 1, 0.75, 0.75, 0.75, 1});
    CHECK(steadied(2, 2, {0.5, 0.25, 0.5, 0.25, 0.75, 0.25, 1}) == Shares{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5});
    CHECK(steadied(2, 2, {0.25, 1, 0.5}) == Shares{0.25, 0.25, 0.5});
}

TEST_CASE("a check that is down is not well at all, whatever part of it is") {
    CheckTracker tracker({"c", 1, 1}, Time{});
    CHECK(tracker.share() == 0);
    CHECK(tracker.handle({CheckId{0}, true, "", {}, 0.5}, Time{}));
    CHECK(tracker.share() == 0.5);
    CHECK(tracker.handle({CheckId{0}, true, "", {}, 0.25}, Time{})); // its state is the same
    CHECK(tracker.share() == 0.25);
    CHECK(tracker.handle({CheckId{0}, false, "", {}, 0.25}, Time{}));
    CHECK(tracker.share() == 0);
}

TEST_CASE("what is set by hand counts until it is taken back, and results are counted all the same") {
    CheckTracker tracker({"c", 1, 2}, Time{});
    CHECK(tracker.handle({CheckId{0}, true, "", {}}, Time{}));
    tracker.set(false, Time{});
    CHECK(tracker.state() == CheckView::State::down);
    CHECK(tracker.view().set_by_hand == false);
    CHECK_FALSE(tracker.handle({CheckId{0}, true, "", {}}, Time{}));
    CHECK(tracker.state() == CheckView::State::down);
    tracker.set(std::nullopt, Time{});
    CHECK(tracker.state() == CheckView::State::up);
    tracker.set(true, Time{});
    CHECK_FALSE(tracker.handle({CheckId{0}, false, "", {}}, Time{}));
    CHECK_FALSE(tracker.handle({CheckId{0}, false, "", {}}, Time{}));
    tracker.set(std::nullopt, Time{});
    CHECK(tracker.state() == CheckView::State::down);
}

TEST_CASE("where there is an initial state, the part that is well is steadied from the first result on") {
    CheckTracker up({"c", 1, 2, true}, Time{});
    CHECK_FALSE(up.view().share); // nothing is known of it yet
    (void)up.handle({CheckId{0}, true, "", {}, 0.25}, Time{});
    CHECK(up.share() == 1);
    CHECK(up.handle({CheckId{0}, true, "", {}, 0.25}, Time{}));
    CHECK(up.share() == 0.25);

    CheckTracker down({"c", 2, 1, false}, Time{});
    (void)down.handle({CheckId{0}, true, "", {}, 0.5}, Time{});
    CHECK(down.share() == 0);
    CHECK(down.handle({CheckId{0}, true, "", {}, 0.5}, Time{}));
    CHECK(down.share() == 0.5);
}

TEST_CASE("a part rises with good results in a row, and bad ones without a part come between") {
    CheckTracker tracker({"c", 2, 3}, Time{});
    const auto take = [&](bool ok, std::optional<double> share) {
        (void)tracker.handle({CheckId{0}, ok, "", {}, share}, Time{});
        return tracker.share();
    };
    CHECK(take(true, 0.5) == 0.5);
    for (int round = 0; round < 3; ++round) {
        CHECK(take(true, 1) == 0.5);
        CHECK(take(false, std::nullopt) == 0.5);
    }
    CHECK(take(true, 1) == 0.5);
    CHECK(take(true, 1) == 1);
}

TEST_CASE("a check that cannot tell a part any more is all well when it is up") {
    CheckTracker tracker({"c", 1, 2}, Time{});
    (void)tracker.handle({CheckId{0}, true, "", {}, 0.5}, Time{});
    CHECK_FALSE(tracker.handle({CheckId{0}, false, "", {}}, Time{})); // was not answered
    CHECK(tracker.share() == 0.5);
    CHECK(tracker.handle({CheckId{0}, true, "", {}}, Time{}));
    CHECK(tracker.share() == 1);
    CHECK_FALSE(tracker.view().share);
}

TEST_CASE("what is set by hand counts at once, also where the state stays the same") {
    Settings settings;
    settings.checks = {{.name = "c"}};
    InstanceSettings instance;
    instance.name = "a";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.priority = Priority{100};
    instance.addresses = {{IpAddress::v4(10, 0, 1, 100), 24}};
    instance.track = {{.kind = TrackSettings::Kind::check, .name = "c", .weight = -20, .proportional = true}};
    settings.instances = {instance};
    Node node(settings, Time{});
    const auto priority = [&] { return node.snapshot(Time{}).instances[0].effective_priority.value; };
    (void)node.handle(Probed{CheckId{0}, true, "1 of 2", {}, 0.5}, Time{});
    CHECK(priority() == 90);
    (void)node.handle(CheckSet{CheckId{0}, true}, Time{});
    CHECK(priority() == 100);
    (void)node.handle(CheckSet{CheckId{0}, std::nullopt}, Time{});
    CHECK(priority() == 90);
    (void)node.handle(CheckSet{CheckId{0}, false}, Time{});
    CHECK(priority() == 80);
}

TEST_CASE("an initial state is turned by rise or fall results, as any other") {
    CheckTracker up({"c", 1, 2, true}, Time{});
    CHECK(up.state() == CheckView::State::up);
    CHECK_FALSE(up.handle({CheckId{0}, false, "", {}}, Time{}));
    CHECK(up.handle({CheckId{0}, false, "", {}}, Time{}));
    CheckTracker down({"c", 2, 1, false}, Time{});
    CHECK_FALSE(down.handle({CheckId{0}, true, "", {}}, Time{}));
    CHECK(down.handle({CheckId{0}, true, "", {}}, Time{}));
}

namespace {

using Weight = CheckTracker::Weight;

constexpr Time at(int seconds) { return Time(std::chrono::seconds(seconds)); }

CheckTracker while_active(std::optional<bool> initial = {}) {
    CheckSettings settings{"web", 1, 2, initial};
    settings.while_active = true;
    settings.hold_down = std::chrono::seconds(60);
    return CheckTracker(settings, at(0));
}

bool finds(CheckTracker& tracker, bool ok, int seconds) {
    return tracker.handle({CheckId{0}, ok, "", {}}, at(seconds));
}

} // namespace

TEST_CASE("a check that runs while active counts from its first result on, and before that as nothing") {
    auto tracker = while_active();
    CHECK_FALSE(tracker.view().runs);
    CHECK(tracker.counts() == Weight::none);
    CHECK_FALSE(finds(tracker, false, 0)); // nobody has asked for it
    CHECK(tracker.counts() == Weight::none);
    CHECK(tracker.run(true, at(1)));
    CHECK_FALSE(tracker.run(true, at(1)));
    CHECK(tracker.counts() == Weight::none);
    CHECK(finds(tracker, false, 2));
    CHECK(tracker.state() == CheckView::State::down);
    CHECK(tracker.counts() == Weight::full);
    CHECK_FALSE(tracker.deadline());
}

TEST_CASE("what it has found when it ends is held against, for its hold-down, and then forgotten") {
    auto tracker = while_active();
    (void)tracker.run(true, at(1));
    CHECK(finds(tracker, false, 2));
    CHECK(tracker.run(false, at(3)));
    CHECK(tracker.counts() == Weight::against_only);
    CHECK(tracker.deadline() == at(63));
    CHECK_FALSE(finds(tracker, true, 4)); // came too late
    CHECK_FALSE(tracker.elapsed(at(62)));
    CHECK(tracker.state() == CheckView::State::down);
    CHECK(tracker.elapsed(at(63)));
    CHECK(tracker.state() == CheckView::State::unknown);
    CHECK(tracker.view().since == at(63));
    CHECK(tracker.counts() == Weight::none);
    CHECK_FALSE(tracker.deadline());
    CHECK_FALSE(tracker.elapsed(at(64)));
}

TEST_CASE("one that runs again before that goes on from where it stands, and is held anew") {
    auto tracker = while_active();
    (void)tracker.run(true, at(1));
    CHECK(finds(tracker, true, 2));
    (void)tracker.run(false, at(3));
    (void)tracker.run(true, at(50));
    CHECK(tracker.counts() == Weight::full);
    CHECK_FALSE(tracker.deadline());
    CHECK_FALSE(finds(tracker, false, 51)); // the first of two
    CHECK(finds(tracker, false, 52));
    (void)tracker.run(false, at(53));
    CHECK(tracker.deadline() == at(113));
}

TEST_CASE("one that has found nothing has nothing to be held against anybody") {
    auto tracker = while_active();
    (void)tracker.run(true, at(1));
    CHECK(tracker.run(false, at(2)));
    CHECK_FALSE(tracker.deadline());
    CHECK(tracker.counts() == Weight::none);
}

TEST_CASE("forgotten, it is again what it is initially") {
    auto tracker = while_active(true);
    CHECK(tracker.state() == CheckView::State::up);
    CHECK(tracker.counts() == Weight::none); // it has not run yet
    (void)tracker.run(true, at(1));
    CHECK(tracker.counts() == Weight::full);
    CHECK_FALSE(finds(tracker, false, 2));
    CHECK(finds(tracker, false, 3));
    (void)tracker.run(false, at(4));
    CHECK(tracker.elapsed(at(64)));
    CHECK(tracker.state() == CheckView::State::up);
    CHECK(tracker.view().streak == 0);
    CHECK(tracker.counts() == Weight::none);
}

TEST_CASE("by hand it counts whether it runs or not, and taking that back has an old result forgotten") {
    auto tracker = while_active();
    tracker.set(false, at(0));
    CHECK(tracker.counts() == Weight::full);
    tracker.set(std::nullopt, at(1));
    CHECK(tracker.counts() == Weight::none);
    (void)tracker.run(true, at(2));
    CHECK(finds(tracker, false, 3));
    tracker.set(std::nullopt, at(3)); // while it runs there is nothing old
    (void)tracker.run(false, at(4));
    tracker.set(std::nullopt, at(5));
    CHECK(tracker.state() == CheckView::State::unknown);
    CHECK_FALSE(tracker.deadline());
}
