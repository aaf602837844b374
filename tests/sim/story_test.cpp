// The stories themselves: a seed is a run, and what a run shows is worth looking at.
#include "tests/sim/story.h"
#include "tests/sim/trace.h"

#include <doctest/doctest.h>

#include <set>

using namespace baton;
using namespace baton::sim;

namespace {

std::string trace_of(std::uint64_t seed) {
    std::string trace;
    (void)run_story(seed, [&trace](Time time, const std::string& host, const std::string& text) {
        trace += format_line(time, host, text) + "\n";
    });
    return trace;
}

} // namespace

TEST_CASE("the same seed gives the same trace, another seed another one") {
    std::set<std::string> traces;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto trace = trace_of(seed);
        CHECK(trace_of(seed) == trace);
        traces.insert(trace);
    }
    CHECK(traces.size() == 50);
}

TEST_CASE("tracing a run does not change it") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        std::uint64_t lines = 0;
        const auto traced = run_story(seed, [&lines](Time, const auto&, const auto&) { ++lines; });
        const auto silent = run_story(seed);
        CHECK(traced.takeovers == silent.takeovers);
        CHECK(traced.virtual_time == silent.virtual_time);
        CHECK(lines > 10);
    }
}

TEST_CASE("all kinds of trouble and all transitions turn up") {
    std::string all;
    for (std::uint64_t seed = 1; seed <= 300; ++seed)
        all += trace_of(seed);
    for (const std::string wanted : {"crashes",
                                     "stalls",
                                     "runs again",
                                     "is told to stop",
                                     "has stopped",
                                     "loses carrier",
                                     "are parted one way",
                                     "cannot hold",
                                     "cannot send",
                                     "somebody deletes",
                                     "adopts",
                                     "sends priority 0",
                                     "initialize -> backup",
                                     "initialize -> active",
                                     "initialize -> fault",
                                     "backup -> active",
                                     "backup -> fault",
                                     "backup -> initialize",
                                     "active -> backup",
                                     "active -> fault",
                                     "active -> initialize",
                                     "fault -> backup",
                                     "haproxy is down",
                                     "eth1 loses carrier",
                                     "FAILS",
                                     "let go before",
                                     "took over with priority",
                                     "Skew_Time",
                                     "from a greater address",
                                     "keeps deleting"}) {
        CAPTURE(wanted);
        CHECK(all.find(wanted) != std::string::npos);
    }
}
