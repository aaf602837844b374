// The arithmetic of the protocol against second implementations that are slow and obvious (RFC 9568 sections
// 6.1 and 6.4.3), on random inputs from fixed seeds, and against the figures of the RFC's formulas.
#include "base/checksum.h"
#include "vrrp/election.h"
#include "vrrp/node.h"
#include "vrrp/timing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <vector>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

using Dice = std::mt19937_64;
constexpr int tries = 100'000;

std::uint8_t octet(Dice& dice) { return static_cast<std::uint8_t>(dice()); }

/// What must be added `times` times to itself to give `whole`, rounded down: by bisection, without dividing.
std::int64_t part_of(std::int64_t whole, std::int64_t times) {
    std::int64_t low = 0;
    std::int64_t high = whole + 1;
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        (middle * times <= whole ? low : high) = middle;
    }
    return low;
}

/// Skew_Time in nanoseconds for an interval in centiseconds: the priority is counted down from 256 in steps.
Duration slow_skew(int priority, int centiseconds) {
    std::int64_t sum = 0;
    for (int step = priority; step < 256; ++step)
        sum += std::int64_t{centiseconds} * 10'000'000;
    return Duration{part_of(sum, 256)};
}

/// Zero-padded decimals compare as text the way their numbers do.
std::string as_text(const IpAddress& address) {
    std::string text;
    for (const auto byte : address.bytes())
        text += std::to_string(1000 + byte).substr(1) + ".";
    return text;
}

/// Near each other, so that equal, one bit apart and signed-versus-unsigned cases are all common.
IpAddress random_address(Dice& dice) {
    const auto pick = [&dice] {
        constexpr std::array<std::uint8_t, 6> near_edges{0, 1, 127, 128, 254, 255};
        return dice() % 2 == 0 ? near_edges[dice() % near_edges.size()] : octet(dice);
    };
    return IpAddress::v4(dice() % 2 == 0 ? 10 : pick(), 0, pick(), pick());
}

/// RFC 1071 by end-around carry after each word, as it is told in words there.
std::uint16_t slow_checksum(const std::vector<std::uint8_t>& bytes) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        sum += bytes[i] * 256U + (i + 1 < bytes.size() ? bytes[i + 1] : 0U);
        if (sum > 0xffff)
            sum = sum - 0x10000 + 1;
    }
    return static_cast<std::uint16_t>(0xffff - sum);
}

Settings tracking(Priority priority, const std::vector<int>& weights) {
    Settings settings;
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.priority = priority;
    instance.addresses = {*Prefix::parse("10.0.1.100/24")};
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto name = "check" + std::to_string(i);
        settings.checks.push_back({name, 1, 1});
        instance.track.push_back({TrackSettings::Kind::check, name, weights[i]});
    }
    settings.instances.push_back(instance);
    return settings;
}

/// One by one, the way a person would with pencil and paper.
int slow_priority(int configured, const std::vector<int>& weights, const std::vector<bool>& up) {
    if (configured == 255)
        return 255;
    int gained = 0;
    int lost = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] > 0 && up[i])
            gained += weights[i];
        if (weights[i] < 0 && !up[i])
            lost -= weights[i];
    }
    const int priority = configured + gained - lost;
    return priority < 1 ? 1 : priority > 254 ? 254 : priority;
}

} // namespace

TEST_CASE("skew and down interval are those of the table of RFC 9568 section 6.1") {
    struct Row {
        int priority;
        int centiseconds;
        Duration skew;
        Duration down;
    };
    constexpr std::array<Row, 8> table{{
        {100, 100, 609'375us, 3'609'375us},
        {254, 100, 7'812'500ns, 3'007'812'500ns},
        {1, 100, 996'093'750ns, 3'996'093'750ns},
        {255, 100, 3'906'250ns, 3'003'906'250ns},
        {190, 1, 2'578'125ns, 32'578'125ns},
        {200, 1, 2'187'500ns, 32'187'500ns},
        {100, 10, 60'937'500ns, 360'937'500ns},
        {100, 4095, 24'953'906'250ns, 147'803'906'250ns},
    }};
    for (const auto& row : table) {
        CAPTURE(row.priority);
        CAPTURE(row.centiseconds);
        const Priority priority{static_cast<std::uint8_t>(row.priority)};
        CHECK(skew_time(priority, row.centiseconds * 10ms) == row.skew);
        CHECK(active_down_interval(priority, row.centiseconds * 10ms) == row.down);
    }
}

TEST_CASE("skew and down interval agree with counting up, for random priorities and intervals") {
    Dice dice(1);
    for (int i = 0; i < tries; ++i) {
        const int priority = 1 + static_cast<int>(dice() % 255);
        const int centiseconds = 1 + static_cast<int>(dice() % 4095);
        const Priority p{static_cast<std::uint8_t>(priority)};
        const auto skew = slow_skew(priority, centiseconds);
        REQUIRE_MESSAGE(skew_time(p, centiseconds * 10ms) == skew, priority << " at " << centiseconds);
        const Duration down = centiseconds * 10ms + centiseconds * 10ms + centiseconds * 10ms + skew;
        REQUIRE_MESSAGE(active_down_interval(p, centiseconds * 10ms) == down,
                        priority << " at " << centiseconds);
    }
}

TEST_CASE("the more important router is always sooner, even at the shortest interval") {
    for (int priority = 1; priority < 255; ++priority) {
        const Priority lower{static_cast<std::uint8_t>(priority)};
        const Priority higher{static_cast<std::uint8_t>(priority + 1)};
        CHECK(active_down_interval(higher, 10ms) < active_down_interval(lower, 10ms));
        CHECK(skew_time(lower, 10ms) > 0ns);
    }
}

TEST_CASE("outranks agrees with comparing addresses as padded text") {
    Dice dice(2);
    for (int i = 0; i < tries; ++i) {
        const auto priority = [&dice] { return Priority{static_cast<std::uint8_t>(99 + dice() % 3)}; };
        const Candidate a{priority(), random_address(dice)};
        const Candidate b{dice() % 2 == 0 ? a.priority : priority(),
                          dice() % 4 == 0 ? a.primary : random_address(dice)};
        const bool expected =
            a.priority.value > b.priority.value ||
            (a.priority.value == b.priority.value && as_text(a.primary) > as_text(b.primary));
        REQUIRE_MESSAGE(outranks(a, b) == expected, a.primary.to_string()
                                                        << " and " << b.primary.to_string());
        REQUIRE_FALSE((outranks(a, b) && outranks(b, a)));
    }
}

TEST_CASE("addresses compare unsigned and from the left") {
    const Priority same{100};
    CHECK(outranks({same, IpAddress::v4(192, 0, 2, 200)}, {same, IpAddress::v4(192, 0, 2, 100)}));
    CHECK_FALSE(outranks({same, IpAddress::v4(10, 0, 0, 255)}, {same, IpAddress::v4(192, 0, 2, 1)}));
    CHECK_FALSE(outranks({same, IpAddress::v4(10, 0, 0, 1)}, {same, IpAddress::v4(10, 0, 0, 1)}));
    CHECK_FALSE(
        outranks({resigning, IpAddress::v4(255, 0, 0, 1)}, {Priority{1}, IpAddress::v4(10, 0, 0, 1)}));
}

TEST_CASE("the effective priority of a Node agrees with pencil and paper") {
    Dice dice(3);
    for (int i = 0; i < tries / 5; ++i) {
        const int configured = dice() % 10 == 0 ? 255 : 1 + static_cast<int>(dice() % 254);
        std::vector<int> weights(dice() % 5);
        for (auto& weight : weights)
            weight = static_cast<int>(dice() % 507) - 253;
        Node node(tracking(Priority{static_cast<std::uint8_t>(configured)}, weights), Time{});
        std::vector<bool> up;
        for (std::uint32_t check = 0; check < weights.size(); ++check) {
            up.push_back(dice() % 2 == 0);
            const auto effects = node.handle(Probed{CheckId{check}, up.back(), "", 0ns}, Time{});
            REQUIRE_FALSE(effects.empty());
        }
        if (!weights.empty())
            REQUIRE(node.snapshot(Time{}).instances.front().effective_priority.value ==
                    slow_priority(configured, weights, up));
    }
}

TEST_CASE("the checksum agrees with carrying after each word, in one piece or in many") {
    Dice dice(4);
    for (int i = 0; i < tries; ++i) {
        std::vector<std::uint8_t> bytes(dice() % 80);
        for (auto& byte : bytes)
            byte = dice() % 3 == 0 ? 0xff : octet(dice);
        Checksum whole;
        whole.add(bytes);
        REQUIRE(whole.value() == slow_checksum(bytes));
        Checksum pieces;
        std::span<const std::uint8_t> rest(bytes);
        while (rest.size() > 2) {
            const auto even = 2 * (1 + dice() % (rest.size() / 2));
            pieces.add(rest.first(even));
            rest = rest.subspan(even);
        }
        pieces.add(rest);
        REQUIRE(pieces.value() == slow_checksum(bytes));
    }
}

TEST_CASE("a message with its checksum in place sums to zero") {
    Dice dice(5);
    for (int i = 0; i < tries; ++i) {
        std::vector<std::uint8_t> bytes(2 * (2 + dice() % 20));
        for (auto& byte : bytes)
            byte = octet(dice);
        bytes[2] = bytes[3] = 0;
        const auto checksum = slow_checksum(bytes);
        bytes[2] = static_cast<std::uint8_t>(checksum >> 8);
        bytes[3] = static_cast<std::uint8_t>(checksum & 0xff);
        Checksum sum;
        sum.add(bytes);
        REQUIRE(sum.value() == 0);
    }
}
