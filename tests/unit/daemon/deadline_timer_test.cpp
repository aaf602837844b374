#include "daemon/clock.h"
#include "daemon/deadline_timer.h"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;
using namespace std::chrono_literals;

TEST_CASE("a deadline is never early, and one in the past is due at once") {
    boost::asio::io_context io;
    int calls = 0;
    Time called{};
    DeadlineTimer timer(io, [&] {
        ++calls;
        called = boot_now();
    });
    const auto deadline = boot_now() + 5ms;
    timer.set(deadline);
    io.run_one();
    CHECK(calls == 1);
    CHECK(called >= deadline);

    timer.set(Time{1ns});
    io.run_one();
    CHECK(calls == 2);
}

TEST_CASE("a later deadline replaces an earlier one, and none stops the timer") {
    boost::asio::io_context io;
    int calls = 0;
    DeadlineTimer timer(io, [&] { ++calls; });
    const auto later = boot_now() + 20ms;
    timer.set(boot_now() + 1ms);
    timer.set(later);
    while (calls == 0)
        io.run_one();
    CHECK(calls == 1);
    CHECK(boot_now() >= later);

    timer.set(boot_now() + 1ms);
    timer.set(std::nullopt);
    CHECK(io.run_one_for(10ms) == 0);
    CHECK(calls == 1);
}

TEST_CASE("whoever catches up with a deadline is called at once, and not again by the loop") {
    boost::asio::io_context io;
    int calls = 0;
    const auto deadline = boot_now() + 1ms;
    std::optional<DeadlineTimer> timer;
    timer.emplace(io, [&] {
        ++calls;
        timer->set(deadline + 24h);
    });
    timer->set(deadline);
    timer->catch_up(deadline - 1ns);
    CHECK(calls == 0);
    timer->catch_up(deadline);
    CHECK(calls == 1);
    timer->catch_up(deadline);
    while (boot_now() < deadline)
        io.poll();
    CHECK(io.run_one_for(10ms) == 0);
    CHECK(calls == 1);
}
