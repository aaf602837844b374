// What all checks have in common: their interval and its jitter, the timeout, and never two runs at once.
#include "health/prober.h"

#include "tests/unit/scratch.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <thread>
#include <vector>

using namespace baton;
using namespace baton::health;
using namespace std::chrono_literals;
using testing::run_until;

namespace {

const Rhythm at_once{.interval = 0s, .timeout = 1h};
const Rhythm once{.interval = 1h, .timeout = 1h};

/// Runs that do nothing until the test says how they end.
struct Runs {
    struct Waiting : Probe {
        explicit Waiting(Runs& runs) : runs_(runs) { ++runs_.under_way; }
        ~Waiting() override { --runs_.under_way; }
        std::string late() override { return "no answer to EHLO"; }
        Runs& runs_;
    };

    std::vector<Done> done{};
    int under_way{0};

    StartProbe start() {
        return [this](Done tell) {
            done.push_back(std::move(tell));
            CHECK(under_way == 0);
            return std::make_unique<Waiting>(*this);
        };
    }
};

struct ProberFixture {
    boost::asio::io_context loop;
    Runs runs;
    std::vector<Verdict> verdicts;

    Prober::Handler remember() {
        return [this](const Verdict& verdict) { verdicts.push_back(verdict); };
    }
    void await_run(std::size_t number) {
        run_until(loop, [&] { return runs.done.size() >= number; });
    }
    /// Turns the loop as often as there is something to do, and a few times more.
    void settle() {
        for (int i = 0; i < 10; ++i) {
            loop.restart();
            loop.poll();
        }
    }
};

} // namespace

TEST_CASE_FIXTURE(ProberFixture, "prober: runs at once, and tells what was found, fit for people") {
    Prober prober(loop, once, runs.start(), remember());
    CHECK(runs.done.empty()); // not from within the constructor
    await_run(1);
    runs.done[0]({.ok = true, .detail = "220 \x1b[31mmail1\n", .share = 0.5});
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].ok);
    CHECK(verdicts[0].detail == "220  [31mmail1 ");
    CHECK(verdicts[0].share == 0.5);
    CHECK(verdicts[0].took >= 0s);
    CHECK(runs.under_way == 0);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: who stood still gives a run the time that it lost") {
    Prober prober(loop, {.interval = 1h, .timeout = 200ms}, runs.start(), remember());
    await_run(1);
    std::this_thread::sleep_for(600ms); // as after SIGSTOP: the answer has been there all the while
    loop.restart();
    loop.poll();
    REQUIRE(verdicts.empty());
    runs.done[0]({.ok = true});
    CHECK(verdicts.at(0).ok);
}

TEST_CASE_FIXTURE(ProberFixture,
                  "prober: who stood still and came back just in time gives that time back as well") {
    Prober prober(loop, {.interval = 1h, .timeout = 1s}, runs.start(), remember());
    await_run(1);
    std::this_thread::sleep_for(980ms);
    loop.restart();
    loop.run_for(200ms); // beyond the second
    REQUIRE(verdicts.empty());
    runs.done[0]({.ok = true});
    CHECK(verdicts.at(0).ok);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: what does not come then either is late") {
    Prober prober(loop, {.interval = 1h, .timeout = 200ms}, runs.start(), remember());
    await_run(1);
    std::this_thread::sleep_for(600ms);
    run_until(loop, [&] { return !verdicts.empty(); });
    CHECK(verdicts.at(0).detail == "timed out after 200ms: no answer to EHLO");
    CHECK(verdicts.at(0).took >= 800ms);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: a detail has an end") {
    Prober prober(loop, once, runs.start(), remember());
    await_run(1);
    runs.done[0]({.detail = std::string(1 << 20, 'x')});
    CHECK(verdicts.at(0).detail == std::string(300, 'x'));
}

TEST_CASE_FIXTURE(ProberFixture, "prober: runs again and again, never two at once") {
    Prober prober(loop, at_once, runs.start(), remember());
    for (std::size_t run = 1; run <= 20; ++run) {
        await_run(run);
        settle(); // its interval has long passed
        REQUIRE(runs.done.size() == run);
        runs.done[run - 1]({.ok = true});
    }
    CHECK(verdicts.size() == 20);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: the interval is from start to start, and not cut short") {
    Prober prober(loop, {.interval = 30ms, .timeout = 1h}, runs.start(), remember());
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t run = 1; run <= 4; ++run) {
        await_run(run);
        runs.done[run - 1]({});
    }
    CHECK(std::chrono::steady_clock::now() - begun >= 60ms); // behind the first, which is a part
}

TEST_CASE_FIXTURE(ProberFixture, "prober: a run that takes too long is bad, and says what it waited for") {
    Prober prober(loop, {.interval = 1h, .timeout = 5ms}, runs.start(), remember());
    run_until(loop, [&] { return !verdicts.empty(); });
    CHECK_FALSE(verdicts[0].ok);
    CHECK(verdicts[0].detail == "timed out after 5ms: no answer to EHLO");
    CHECK(verdicts[0].took >= 5ms);
    CHECK(runs.under_way == 0);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: who comes after the timeout, or twice, is not heard") {
    Prober prober(loop, {.interval = 0s, .timeout = 5ms}, runs.start(), remember());
    run_until(loop, [&] { return !verdicts.empty(); });
    await_run(2);
    const auto told = verdicts.size();
    runs.done[0]({.ok = true}); // of the first run, while the second is under way
    CHECK(verdicts.size() == told);
    CHECK(runs.under_way == 1);
    const auto last = runs.done.size() - 1;
    runs.done[last]({.ok = true});
    runs.done[last]({.ok = true});
    CHECK(verdicts.size() == told + 1);
}

TEST_CASE_FIXTURE(ProberFixture, "prober: destroyed in the middle of a run it calls nobody") {
    auto prober =
        std::make_unique<Prober>(loop, Rhythm{.interval = 1ms, .timeout = 1ms}, runs.start(), remember());
    await_run(1);
    prober.reset();
    CHECK(runs.under_way == 0);
    runs.done[0]({.ok = true});
    loop.restart();
    loop.run(); // nothing is left to wait for
    CHECK(verdicts.empty());
}

TEST_CASE_FIXTURE(ProberFixture, "prober: destroyed before its first run it runs nothing") {
    auto prober = std::make_unique<Prober>(loop, once, runs.start(), remember());
    prober.reset();
    loop.run();
    CHECK(runs.done.empty());
}

TEST_CASE_FIXTURE(ProberFixture, "prober: destroyed while its call is on its way it calls nobody") {
    auto prober = std::make_unique<Prober>(loop, once, runs.start(), remember());
    await_run(1);
    boost::asio::post(loop, [&] { prober.reset(); });
    boost::asio::post(loop, [&] { runs.done[0]({.ok = true}); });
    loop.restart();
    loop.run();
    CHECK(verdicts.empty());
}

TEST_CASE("prober: those that begin together part") {
    boost::asio::io_context loop;
    struct Quick : Probe {
        std::string late() override { return ""; }
    };
    unsigned started = 0;
    const StartProbe quick = [&](Done done) {
        ++started;
        boost::asio::post(loop, [done = std::move(done)] { done({.ok = true}); });
        return std::make_unique<Quick>();
    };
    constexpr unsigned count = 2000;
    std::vector<std::unique_ptr<Prober>> probers;
    while (probers.size() < count)
        probers.push_back(std::make_unique<Prober>(loop, Rhythm{.interval = 10min, .timeout = 1h}, quick,
                                                   [](const Verdict&) {}));
    run_until(loop, [&] { return started > count; }); // the first of them again, long before all are due
}

TEST_CASE_FIXTURE(ProberFixture, "run_now: runs at once, though the interval is long") {
    Prober prober(loop, once, runs.start(), remember());
    await_run(1);
    runs.done[0]({});
    prober.run_now();
    CHECK(runs.done.size() == 1); // from the loop
    await_run(2);
    runs.done[1]({});
    settle();
    CHECK(runs.done.size() == 2); // and then as ever
}

TEST_CASE_FIXTURE(ProberFixture, "run_now: calls that come together make one run") {
    Prober prober(loop, once, runs.start(), remember());
    for (int i = 0; i < 100; ++i)
        prober.run_now();
    await_run(1);
    settle();
    CHECK(runs.done.size() == 1);
    runs.done[0]({});
    for (int i = 0; i < 100; ++i)
        prober.run_now();
    await_run(2);
    runs.done[1]({});
    std::this_thread::sleep_for(least_pause); // a second run would be due
    settle();
    CHECK(runs.done.size() == 2);
}

TEST_CASE_FIXTURE(ProberFixture, "run_now: during a run the next one follows it, once") {
    Prober prober(loop, once, runs.start(), remember());
    await_run(1);
    prober.run_now();
    prober.run_now();
    settle();
    CHECK(runs.done.size() == 1);
    runs.done[0]({});
    await_run(2);
    runs.done[1]({});
    settle();
    CHECK(runs.done.size() == 2);
}

TEST_CASE_FIXTURE(ProberFixture, "run_now: may be called by who hears the verdict, and has its least pause") {
    Prober* again = nullptr;
    Prober prober(loop, once, runs.start(), [&](const Verdict& verdict) {
        verdicts.push_back(verdict);
        again->run_now();
    });
    again = &prober;
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t run = 1; run <= 5; ++run) {
        await_run(run);
        REQUIRE(runs.done.size() == run);
        runs.done[run - 1]({});
    }
    CHECK(std::chrono::steady_clock::now() - begun >= 4 * least_pause);
}

TEST_CASE("prober: five hundred at once, each with its own runs") {
    boost::asio::io_context loop;
    struct Quick : Probe {
        std::string late() override { return ""; }
    };
    const StartProbe quick = [&](Done done) {
        boost::asio::post(loop, [done = std::move(done)] { done({.ok = true}); });
        return std::make_unique<Quick>();
    };
    std::vector<unsigned> told(500);
    std::vector<std::unique_ptr<Prober>> probers;
    for (auto& count : told)
        probers.push_back(
            std::make_unique<Prober>(loop, Rhythm{.interval = 5ms, .jitter = 5ms, .timeout = 1h}, quick,
                                     [&](const Verdict& verdict) { count += verdict.ok ? 1 : 0; }));
    run_until(loop, [&] { return std::all_of(told.begin(), told.end(), [](unsigned n) { return n >= 5; }); });
}

TEST_CASE_FIXTURE(ProberFixture, "prober: begins otherwise from the next run on, and keeps its rhythm") {
    Runs others;
    Prober prober(loop, at_once, runs.start(), remember());
    await_run(1);
    const auto kept = std::make_shared<int>();
    prober.renew([start = others.start(), kept](Done done) { return start(std::move(done)); });
    settle();
    CHECK(runs.under_way == 1); // it goes on to its end
    CHECK(others.done.empty());
    runs.done[0]({.ok = true});
    run_until(loop, [&] { return others.done.size() == 1; });
    CHECK(runs.done.size() == 1);
    CHECK(verdicts.size() == 1);
    prober.renew(runs.start());
    CHECK(kept.use_count() == 2); // what the run under way was made of is there to its end
    others.done[0]({.ok = true});
    await_run(2);
    CHECK(kept.use_count() == 1);
    CHECK(verdicts.size() == 2);
}
