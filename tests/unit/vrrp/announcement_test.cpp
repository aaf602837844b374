#include "vrrp/announcement.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

TEST_CASE("an announcement that was never started has no repeats") {
    Announcement announcement;
    CHECK_FALSE(announcement.deadline());
    CHECK_FALSE(announcement.take_due(Time{1h}));
}

TEST_CASE("repeats come after 100 ms, 1 s and 5 s, then no more") {
    const Time start{10s};
    Announcement announcement;
    announcement.start(start);
    for (const Duration after : {Duration(100ms), Duration(1s), Duration(5s)}) {
        REQUIRE(announcement.deadline() == start + after);
        CHECK_FALSE(announcement.take_due(start + after - 1ns));
        CHECK(announcement.take_due(start + after));
    }
    CHECK_FALSE(announcement.deadline());
}

TEST_CASE("missed repeats are made up for once, not one by one") {
    Announcement announcement;
    announcement.start(Time{});
    CHECK(announcement.take_due(Time{2s}));
    CHECK_FALSE(announcement.take_due(Time{2s}));
    CHECK(announcement.deadline() == Time{5s});
}

TEST_CASE("starting again begins the volley anew; cancelling ends it") {
    Announcement announcement;
    announcement.start(Time{});
    announcement.start(Time{50ms});
    CHECK(announcement.deadline() == Time{150ms});
    announcement.cancel();
    CHECK_FALSE(announcement.deadline());
}
