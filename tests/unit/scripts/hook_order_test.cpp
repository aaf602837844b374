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

TEST_CASE("a gate that fails brings back the state that it superseded") {
    HookOrder order;
    (void)order.add(state(1, 2));
    run(order, "1/0");
    const auto change = order.add(gate(2));
    CHECK(change.superseded == Numbers{1});
    CHECK(change.end_running);
    CHECK(order.knows(1));
    CHECK_FALSE(order.ended(false));
    run(order, "2/0");
    CHECK_FALSE(order.ended(false)->ok);
    run(order, "1/0"); // from its beginning
    CHECK_FALSE(order.ended(true));
    run(order, "1/1");
    CHECK(order.ended(true)->ok);
    CHECK(order.idle());
}

TEST_CASE("a gate that is passed brings nothing back, unless it is cancelled after that") {
    HookOrder order;
    (void)order.add(state(1));
    (void)order.add(gate(2));
    run(order, "2/0");
    CHECK(order.ended(true)->ok);
    CHECK(next_of(order) == "-");
    SUBCASE("the state follows") {
        CHECK(order.add(state(3)).superseded.empty());
        CHECK_FALSE(order.knows(1));
        run(order, "3/0");
        CHECK(order.cancel(2).superseded.empty()); // too late: it changes nothing
        CHECK(order.ended(true));
        CHECK(order.idle());
    }
    SUBCASE("it does not") {
        CHECK(order.cancel(2).superseded.empty());
        run(order, "1/0");
    }
}

TEST_CASE("a gate that has nothing to supersede brings nothing back") {
    HookOrder order;
    (void)order.add(state(1));
    run(order, "1/0");
    CHECK(order.ended(true));
    (void)order.add(gate(2));
    run(order, "2/0");
    CHECK_FALSE(order.ended(false)->ok);
    CHECK(order.idle());
}

TEST_CASE("a gate can be cancelled while it waits, and while it runs") {
    HookOrder order;
    (void)order.add(state(1));
    run(order, "1/0");
    (void)order.add(gate(2));
    auto change = order.cancel(2);
    CHECK(change.superseded == Numbers{2});
    CHECK_FALSE(change.end_running); // it is the state's that runs, and is on its way out
    CHECK_FALSE(order.ended(true));
    run(order, "1/0");
    CHECK(order.ended(true));

    (void)order.add(gate(3));
    run(order, "3/0");
    change = order.cancel(3);
    CHECK(change.superseded == Numbers{3});
    CHECK(change.end_running);
    CHECK(order.cancel(3).superseded.empty()); // once
    CHECK_FALSE(order.ended(true));
    CHECK(order.idle());
}

TEST_CASE("a release is taken back like a gate; a state that follows a gate forgets the one before it") {
    HookOrder order;
    (void)order.add(state(1));
    (void)order.add(release(2));
    run(order, "2/0");
    CHECK(order.cancel(2).end_running);
    CHECK_FALSE(order.ended(true));
    run(order, "1/0");
    (void)order.add(gate(3));
    CHECK_FALSE(order.ended(true));
    run(order, "3/0");
    CHECK(order.add(state(4)).superseded == Numbers{3});
    CHECK_FALSE(order.knows(1));
    CHECK_FALSE(order.ended(false)); // the gate, superseded
    run(order, "4/0");
    CHECK(order.ended(false)->job == 4);
    CHECK(order.idle());
}

TEST_CASE("a gate after a gate still remembers the state") {
    HookOrder order;
    (void)order.add(state(1));
    (void)order.add(gate(2));
    CHECK(order.add(gate(3)).superseded == Numbers{2});
    CHECK(order.cancel(2).superseded.empty()); // an old one
    run(order, "3/0");
    CHECK_FALSE(order.ended(false)->ok);
    run(order, "1/0");
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
        std::uint64_t last_gate = 0;
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
                last_gate = ++number;
                (void)order.add(gate(number, 1 + random() % 2));
            } else if (chance(4)) {
                (void)order.cancel(last_gate);
            }
            step();
        }
        (void)order.cancel(last_gate);
        const bool may_run_again = order.knows(newest_state);
        for (int i = 0; i < 20 && !order.idle(); ++i)
            step();
        CHECK(order.idle());
        if (may_run_again)
            CHECK(last_run == newest_state);
        CHECK_FALSE(order.knows(newest_state));
    }
}
