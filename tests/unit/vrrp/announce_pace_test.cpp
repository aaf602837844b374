#include "vrrp/announce_pace.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr IfIndex eth1{3};

std::vector<Prefix> many(std::size_t count) {
    std::vector<Prefix> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(
            {IpAddress::v4(10, 0, static_cast<std::uint8_t>(i / 200), static_cast<std::uint8_t>(1 + i % 200)),
             24});
    return all;
}

std::vector<Announce> announcements(const Effects& effects) {
    std::vector<Announce> all;
    for (const auto& effect : effects)
        if (const auto* announce = std::get_if<Announce>(&effect))
            all.push_back(*announce);
    return all;
}

std::size_t frames(const Effects& effects) {
    std::size_t count = 0;
    for (const auto& announce : announcements(effects))
        count += announce.addresses.size();
    return count;
}

bool everybody(InstanceId) { return true; }

const Time start{100s};

} // namespace

TEST_CASE("without a rate nothing is held back") {
    AnnouncePace pace(0);
    const auto addresses = many(1000);
    Effects effects{Announce{InstanceId{0}, eth0, addresses}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 1000);
    CHECK_FALSE(pace.deadline());
}

TEST_CASE("a tenth of a second's worth goes at once, the rest at the rate, in order and complete") {
    AnnouncePace pace(100);
    const auto addresses = many(35);
    Effects effects{Announce{InstanceId{0}, eth0, addresses, AnnounceForm::reply}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 10);
    auto now = start;
    std::vector<Announce> seen = announcements(effects);
    while (const auto deadline = pace.deadline()) {
        REQUIRE(*deadline > now);
        now = *deadline;
        Effects more;
        pace.release(everybody, now, more);
        CHECK(frames(more) == 1);
        for (const auto& announce : announcements(more))
            seen.push_back(announce);
    }
    CHECK(now == start + 250ms);
    std::vector<Prefix> announced;
    for (const auto& announce : seen) {
        CHECK(announce.form == AnnounceForm::reply);
        announced.insert(announced.end(), announce.addresses.begin(), announce.addresses.end());
    }
    CHECK(announced == addresses);
}

TEST_CASE("a late look at the timer sends what has come due meanwhile, and never more than the credit") {
    AnnouncePace pace(100);
    const auto addresses = many(100);
    Effects effects{Announce{InstanceId{0}, eth0, addresses}};
    pace.limit(effects, start);
    Effects more;
    pace.release(everybody, start + 50ms, more);
    CHECK(frames(more) == 5);
    more.clear();
    pace.release(everybody, start + 10s, more);
    CHECK(frames(more) == 10);
}

TEST_CASE("who stops being Active is dropped from the line; who announces anew goes on where it was") {
    AnnouncePace pace(100);
    const auto addresses = many(15);
    Effects effects{Announce{InstanceId{0}, eth0, addresses}, Announce{InstanceId{1}, eth0, addresses}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 10);
    CHECK(announcements(effects).size() == 1);
    Effects again{Announce{InstanceId{0}, eth0, addresses}};
    pace.limit(again, start);
    CHECK(again.empty());
    Effects more;
    pace.release([](InstanceId id) { return id == InstanceId{0}; }, start + 20ms, more);
    REQUIRE(announcements(more).size() == 1);
    CHECK(announcements(more)[0].instance == InstanceId{0});
    CHECK(announcements(more)[0].addresses.front() == addresses[10]);
    CHECK(frames(more) == 2);
}

TEST_CASE("announced again and again faster than the pace allows, no address is left out") {
    AnnouncePace pace(50);
    const auto addresses = many(200);
    std::vector<std::size_t> announced(addresses.size());
    const auto count = [&](const Effects& effects) {
        for (const auto& announce : announcements(effects))
            for (const auto& prefix : announce.addresses)
                ++announced[static_cast<std::size_t>(std::find(addresses.begin(), addresses.end(), prefix) -
                                                     addresses.begin())];
    };
    for (auto now = start; now < start + 14s; now += 20ms) {
        Effects effects;
        if ((now - start) % 1s == 0s) {
            effects.emplace_back(Announce{InstanceId{0}, eth0, addresses});
            pace.limit(effects, now);
        }
        pace.release(everybody, now, effects);
        count(effects);
    }
    CHECK(*std::min_element(announced.begin(), announced.end()) >= 3); // 14 s x 50 / 200
    CHECK(*std::max_element(announced.begin(), announced.end()) <= 4);
}

TEST_CASE("requests and replies are two frames an address") {
    AnnouncePace pace(100);
    const auto addresses = many(20);
    Effects effects{Announce{InstanceId{0}, eth0, addresses, AnnounceForm::both}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 5); // addresses: ten frames
    CHECK(pace.deadline() == start + 20ms);
}

TEST_CASE("each interface has a pace of its own, and other effects are left alone") {
    AnnouncePace pace(100);
    const auto addresses = many(10);
    Effects effects{Announce{InstanceId{0}, eth0, addresses}, CheckChanged{},
                    Announce{InstanceId{1}, eth1, addresses}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 20);
    CHECK(effects.size() == 3);
}

TEST_CASE("a rate below ten a second still lets one through") {
    AnnouncePace pace(2);
    const auto addresses = many(2);
    Effects effects{Announce{InstanceId{0}, eth0, addresses}};
    pace.limit(effects, start);
    CHECK(frames(effects) == 1);
    CHECK(pace.deadline() == start + 500ms);
}
