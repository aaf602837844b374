#include "control/times.h"

#include "sample.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::control;
using namespace std::chrono_literals;

TEST_CASE("times of day are RFC 3339 with microseconds") {
    CHECK(rfc3339(WallTime{}) == "1970-01-01T00:00:00.000000Z");
    CHECK(rfc3339(WallTime(-1us)) == "1969-12-31T23:59:59.999999Z");
    CHECK(rfc3339(WallTime(951'782'400s + 7us)) == "2000-02-29T00:00:00.000007Z");
    CHECK(rfc3339(time_of_day(active_report(), at(1000s + 1'999ns))) == "2025-03-01T12:00:00.000001Z");
}

TEST_CASE("a rough duration has at most two units") {
    CHECK(rough(0ns) == "0ms");
    CHECK(rough(999'999us) == "999ms");
    CHECK(rough(1s) == "1s");
    CHECK(rough(59s + 999ms) == "59s");
    CHECK(rough(60s) == "1m");
    CHECK(rough(303s) == "5m 3s");
    CHECK(rough(2h + 5min + 59s) == "2h 5m");
    CHECK(rough(2h + 59s) == "2h");
    CHECK(rough(75h + 30min) == "3d 3h");
}

TEST_CASE("milliseconds are exact to the microsecond") {
    CHECK(milliseconds(609'375us) == 609.375);
    CHECK(milliseconds(1s) == 1000.0);
    CHECK(milliseconds(1'499ns) == 0.001);
    CHECK(milliseconds(-1'500us) == -1.5);
}
