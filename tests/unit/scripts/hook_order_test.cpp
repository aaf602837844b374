// Which hook is next, and which are superseded: the decisions alone, without a process.
#include "scripts/hook_order.h"

#include <doctest/doctest.h>
#include <random>
#include <string>

using namespace baton::scripts;

namespace {

using Numbers = std::vector<std::uint64_t>;

HookTicket state(std::uint64_t number, std::size_t hooks = 1) { return {number, HookKind::state, hooks}; }
HookTicket gate(std::uint64_t number, std::size_t hooks = 1) { return {number, HookKind::gate, hooks}; }
HookTicket release(std::uint64_t number) { return {number, HookKind::release, 1}; }
HookTicket by_hand(std::uint64_t number) { return {number, HookKind::by_hand, 1}; }

/// "3/0": hook 0 of job 3; "-" while one runs or nothing waits.
std::string next_of(const HookOrder& order) {
    const auto next = order.next();
    return next ? std::to_string(next->job) + "/" + std::to_string(next->hook) : "-";
}

void run(HookOrder& order, const std::string& expected) {
    CHECK(next_of(order) == expected);
    order.started();
    CHECK(next_of(order) == "-");
}

} // namespace

TEST_CASE("the hooks of a job run one after the other, also when one of them fails") {
    HookOrder order;
    CHECK(order.idle());
    CHECK(order.add(state(1, 3)).superseded.empty());
    CHECK_FALSE(order.idle());
    run(order, "1/0");
    CHECK_FALSE(order.ended(true));
    run(order, "1/1");
    CHECK_FALSE(order.ended(false));
    run(order, "1/2");
    const auto finished = order.ended(true);
    REQUIRE(finished);
    CHECK(finished->job == 1);
    CHECK_FALSE(finished->ok); // not all of them were well
    CHECK(order.idle());
    CHECK_FALSE(order.knows(1));
}

TEST_CASE("a gate ends with the first hook that fails") {
    HookOrder order;
    (void)order.add(gate(1, 3));
    run(order, "1/0");
    CHECK_FALSE(order.ended(true));
    run(order, "1/1");
    const auto finished = order.ended(false);
    REQUIRE(finished);
    CHECK_FALSE(finished->ok);
    CHECK(order.idle());
}

TEST_CASE("a newer state takes the place of those that wait, and ends the one that runs") {
    HookOrder order;
    (void)order.add(state(1, 2));
    run(order, "1/0");
    auto change = order.add(state(2));
    CHECK(change.superseded == Numbers{1});
    CHECK(change.end_running);
    CHECK(next_of(order) == "-"); // it has not ended yet
    change = order.add(state(3));
    CHECK(change.superseded == Numbers{2}); // the first is told of once
    CHECK_FALSE(change.end_running);
    CHECK_FALSE(order.ended(true)); // superseded, so nobody is told; its second hook is not run
    run(order, "3/0");
    CHECK(order.ended(true)->ok);
    CHECK(order.idle());
}

TEST_CASE("between two hooks of a job there is nothing to end") {
    HookOrder order;
    (void)order.add(state(1, 2));
    run(order, "1/0");
    CHECK_FALSE(order.ended(true));
    const auto change = order.add(state(2));
    CHECK(change.superseded == Numbers{1});
    CHECK_FALSE(change.end_running);
    run(order, "2/0");
}

TEST_CASE("what is tried by hand waits its turn, and gives way to a state") {
    HookOrder order;
    (void)order.add(state(1));
    run(order, "1/0");
    CHECK(order.add(by_hand(2)).superseded.empty());
    CHECK(order.add(by_hand(3)).superseded.empty());
    CHECK(order.waiting() == 2);
    CHECK(order.ended(true));
    run(order, "2/0");
    const auto change = order.add(state(4));
    CHECK(change.superseded == Numbers{2, 3});
    CHECK(change.end_running);
    CHECK_FALSE(order.ended(true));
    run(order, "4/0");
}

TEST_CASE("a gate or a release supersedes the state it leaves, and is superseded by the one that follows") {
    HookOrder order;
    (void)order.add(state(1, 2));
    run(order, "1/0");
    auto change = order.add(gate(2));
    CHECK(change.superseded == Numbers{1});
    CHECK(change.end_running);
    CHECK_FALSE(order.ended(false));
    CHECK_FALSE(order.knows(1));
    run(order, "2/0");
    change = order.add(state(3)); // back where it was: the same state again
    CHECK(change.superseded == Numbers{2});
    CHECK(change.end_running);
    CHECK_FALSE(order.ended(false)); // the gate, superseded
    run(order, "3/0");
    CHECK(order.add(release(4)).superseded == Numbers{3});
    CHECK_FALSE(order.ended(true));
    run(order, "4/0");
    CHECK(order.ended(true)->job == 4);
    CHECK(order.idle());
}

TEST_CASE("whatever comes: each job is told of once, and the newest state is the last that runs") {
    for (unsigned seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const auto chance = [&](unsigned of) { return random() % of == 0; };
        HookOrder order;
        std::uint64_t number = 0;
        std::uint64_t newest_state = 0;
        std::uint64_t last_run = 0;
        const auto step = [&] {
            if (const auto next = order.next()) {
                order.started();
                last_run = next->job;
            } else if (!order.idle()) {
                (void)order.ended(!chance(3));
            }
        };
        for (int i = 0; i < 60; ++i) {
            if (chance(3)) {
                newest_state = ++number;
                (void)order.add(state(number, 1 + random() % 3));
            } else if (chance(4)) {
                (void)order.add(gate(++number, 1 + random() % 2));
            }
            step();
        }
        const bool may_run = order.knows(newest_state);
        for (int i = 0; i < 20 && !order.idle(); ++i)
            step();
        CHECK(order.idle());
        if (may_run)
            CHECK(last_run == newest_state);
        CHECK_FALSE(order.knows(newest_state));
    }
}
