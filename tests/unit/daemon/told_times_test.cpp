#include "daemon/told_times.h"

#include "control/times.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;
using namespace std::chrono_literals;
using control::WallTime;

namespace {

/// One instance, in its state since `since`, and one check; the clocks are `apart`.
control::Report report_of(Duration since, Duration apart) {
    control::Report report;
    report.boot_to_wall = apart;
    report.snapshot.instances.emplace_back().since = Time{since};
    report.snapshot.checks.emplace_back().since = Time{1s};
    report.transitions.resize(1);
    return report;
}

std::string told_since(ToldTimes& told, control::Report report) {
    told.date(report);
    return control::rfc3339(control::time_of_day(report, report.snapshot.instances.front().since));
}

control::TransitionRecord transition(Duration decided, Duration at) {
    control::TransitionRecord record;
    record.decided = Time{decided};
    record.at = WallTime(at);
    return record;
}

} // namespace

TEST_CASE("what was told of a moment is told again, whatever the clocks say by then") {
    ToldTimes told;
    CHECK(told_since(told, report_of(5s, 100s)) == "1970-01-01T00:01:45.000000Z");
    CHECK(told_since(told, report_of(5s, 100s + 3us)) == "1970-01-01T00:01:45.000000Z");
    CHECK(told_since(told, report_of(5s, 1h)) == "1970-01-01T00:01:45.000000Z");
    CHECK(told_since(told, report_of(6s, 100s + 3us)) == "1970-01-01T00:01:46.000003Z"); // another moment
    CHECK(told_since(told, report_of(5s, 100s + 3us)) == "1970-01-01T00:01:45.000003Z"); // it was forgotten
}

TEST_CASE("a state has the time of its transition") {
    ToldTimes told;
    auto report = report_of(5s, 1h);
    report.transitions[0] = {transition(4s, 104s), transition(5s, 105s)};
    CHECK(told_since(told, report) == "1970-01-01T00:01:45.000000Z");
    report.transitions[0] = {transition(4s, 104s)}; // a router that begins anew has made none yet
    report.snapshot.instances[0].since = Time{10s};
    CHECK(told_since(told, report) == "1970-01-01T01:00:10.000000Z");
}

TEST_CASE("checks, their results, refused adverts and a rival keep their time as well") {
    ToldTimes told;
    const auto times = [&](Duration apart) {
        auto report = report_of(5s, apart);
        report.snapshot.checks[0].last = vrrp::CheckView::Result{true, "", 0s, Time{2s}};
        report.snapshot.instances[0].last_refused = vrrp::RefusedView{"", "", {}, Time{3s}};
        report.snapshot.instances[0].rival = vrrp::RivalView{{}, {}, Time{4s}, Time{8s}};
        told.date(report);
        std::vector<WallTime> all;
        for (const auto moment : {1s, 2s, 3s, 4s})
            all.push_back(control::time_of_day(report, Time{moment}));
        return all;
    };
    const auto first = times(100s);
    CHECK(first == std::vector{WallTime(101s), WallTime(102s), WallTime(103s), WallTime(104s)});
    CHECK(times(200s) == first);
}
