#include "vrrp/announcement.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

const AnnounceSettings defaults;

AnnounceSettings with(std::vector<Duration> repeats, Duration refresh) {
    AnnounceSettings settings;
    settings.repeats = std::move(repeats);
    settings.refresh = refresh;
    return settings;
}

} // namespace

TEST_CASE("an announcement that was never started has no repeats") {
    const auto settings = with({100ms}, 1s);
    Announcement announcement(settings);
    CHECK_FALSE(announcement.deadline());
    CHECK_FALSE(announcement.take_due(Time{1h}));
}

TEST_CASE("by default repeats come after 100 ms, 1 s and 5 s, then every 30 s (decision 024)") {
    const Time start{10s};
    Announcement announcement(defaults);
    announcement.start(start);
    for (const Duration after : {Duration(100ms), Duration(1s), Duration(5s), Duration(35s), Duration(65s)}) {
        REQUIRE(announcement.deadline() == start + after);
        CHECK_FALSE(announcement.take_due(start + after - 1ns));
        CHECK(announcement.take_due(start + after));
    }
}

TEST_CASE("missed repeats are made up for once, not one by one") {
    Announcement announcement(defaults);
    announcement.start(Time{});
    CHECK(announcement.take_due(Time{2s}));
    CHECK_FALSE(announcement.take_due(Time{2s}));
    CHECK(announcement.deadline() == Time{5s});
}

TEST_CASE("starting again begins the volley anew; cancelling ends it") {
    const auto settings = with({100ms}, 1s);
    Announcement announcement(settings);
    announcement.start(Time{});
    announcement.start(Time{50ms});
    CHECK(announcement.deadline() == Time{150ms});
    announcement.cancel();
    CHECK_FALSE(announcement.deadline());
    CHECK_FALSE(announcement.take_due(Time{1h}));
}

TEST_CASE("after the repeats the refresh comes again and again, from the last announcement") {
    const auto settings = with({100ms}, 30s);
    Announcement announcement(settings);
    announcement.start(Time{});
    CHECK(announcement.take_due(Time{100ms}));
    CHECK(announcement.deadline() == Time{30s + 100ms});
    CHECK(announcement.take_due(Time{31s}));
    CHECK(announcement.deadline() == Time{61s});
}

TEST_CASE("without repeats there is the one announcement, and the refresh if there is one") {
    const auto once = with({}, 0s);
    Announcement announcement(once);
    announcement.start(Time{});
    CHECK_FALSE(announcement.deadline());
    const auto refreshed = with({}, 10s);
    Announcement again(refreshed);
    again.start(Time{5s});
    CHECK(again.deadline() == Time{15s});
}
