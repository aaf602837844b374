// Numbers of adverts: from the clock, compared around the wrap, and remembered for each sender.
#include "auth/sequence.h"

#include "samples.h"

#include <doctest/doctest.h>
#include <limits>

using namespace baton;
using namespace baton::auth;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t second = std::uint64_t{1} << 32;

Sequence at(WallTime time) { return sequence_at(time); }

IpAddress host(int number) { return IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(number)); }

Senders senders(Freshness freshness, std::size_t limit = Senders::usual_limit) {
    return Senders({freshness, 5s, limit});
}

} // namespace

TEST_CASE("a number is seconds, fraction of 1/65536 s, counter") {
    CHECK(at(spring).value == 0x66000000'0000'0000);
    CHECK(at(spring + 500ms).value == 0x66000000'8000'0000);
    CHECK(at(spring + 999'999'999ns).value == 0x66000000'ffff'0000);
    CHECK(later(at(spring), 1500ms) == at(spring + 1500ms));
    CHECK(seconds_ahead(later(at(spring + 700ms), 700ms), spring) == 1);
}

TEST_CASE("numbers are compared as serial numbers, also across the wrap of 2106") {
    const Sequence greatest{std::numeric_limits<std::uint64_t>::max()};
    CHECK(newer(Sequence{1}, Sequence{0}));
    CHECK_FALSE(newer(Sequence{0}, Sequence{0}));
    CHECK_FALSE(newer(Sequence{0}, Sequence{1}));
    CHECK(newer(Sequence{0}, greatest));
    CHECK_FALSE(newer(greatest, Sequence{0}));
    CHECK_FALSE(newer(Sequence{std::uint64_t{1} << 63}, Sequence{0})); // as far as it can be: neither
    CHECK_FALSE(newer(Sequence{0}, Sequence{std::uint64_t{1} << 63}));
}

TEST_CASE("seconds ahead of the clock, across the wrap too") {
    CHECK(seconds_ahead(at(spring + 3s), spring) == 3);
    CHECK(seconds_ahead(at(spring), spring + 3s) == -3);
    const WallTime last_second{std::chrono::seconds(0xffffffff)};
    CHECK(seconds_ahead(at(last_second + 2s), last_second) == 2);
    CHECK(seconds_ahead(at(last_second), last_second + 2s) == -2);
}

TEST_CASE("what is sent follows the clock and never repeats, whatever the clock does") {
    Outgoing outgoing;
    CHECK(outgoing.next(spring) == at(spring));
    CHECK(outgoing.next(spring).value == at(spring).value + 1);
    CHECK(outgoing.next(spring - 1h).value == at(spring).value + 2);
    CHECK(outgoing.next(spring + 1s) == at(spring + 1s));
    for (int i = 0; i < 70'000; ++i) { // more than the counter holds: it carries into the fraction
        const auto before = *outgoing.last();
        CHECK_UNARY(newer(outgoing.next(spring), before));
    }
}

TEST_CASE("the first number is the clock's, also after 2038") {
    const WallTime far{std::chrono::seconds(0x90000000)};
    Outgoing outgoing;
    CHECK(outgoing.next(far) == at(far));
}

TEST_CASE("what an earlier life may have sent is not sent again") {
    Outgoing outgoing(at(spring + 1s));
    CHECK(outgoing.next(spring).value == at(spring + 1s).value + 1);
}

TEST_CASE("the window is three intervals, between five seconds and five minutes") {
    CHECK(default_window(10ms) == 5s);
    CHECK(default_window(1s) == 5s);
    CHECK(default_window(1700ms) == 6s); // 5.1 s, rounded up
    CHECK(default_window(40'950ms) == 123s);
    CHECK(default_window(255s) == 300s);
}

TEST_CASE("the window reaches to both sides, in whole seconds, and is there in time mode only") {
    const auto window = senders(Freshness::time);
    for (const auto ahead : {-5s, 0s, 5s})
        CHECK(window.in_window(at(spring + ahead), spring));
    for (const auto ahead : {-6s, 6s})
        CHECK_FALSE(window.in_window(at(spring + ahead), spring));
    CHECK_FALSE(window.in_window(Sequence{at(spring).value + (std::uint64_t{1} << 63)}, spring));
    CHECK(senders(Freshness::monotonic).in_window(Sequence{1}, spring));
}

TEST_CASE("each sender has a mark of its own, and only numbers above it are admitted") {
    for (const auto freshness : {Freshness::time, Freshness::monotonic}) {
        auto heard = senders(freshness);
        CHECK(heard.admits(host(1), at(spring), spring));
        heard.take(host(1), at(spring), spring);
        CHECK_FALSE(heard.admits(host(1), at(spring), spring));
        CHECK_FALSE(heard.admits(host(1), Sequence{at(spring).value - 1}, spring));
        CHECK(heard.admits(host(1), Sequence{at(spring).value + 1}, spring));
        CHECK(heard.admits(host(2), at(spring), spring));
    }
}

TEST_CASE("marks of an earlier life hold") {
    const Senders heard({Freshness::time, 5s}, {{host(1), at(spring)}});
    CHECK_FALSE(heard.admits(host(1), at(spring), spring));
    CHECK(heard.admits(host(1), at(spring + 1s), spring));
}

TEST_CASE("one sender too many takes the place of one the window has closed on, and of no other") {
    auto heard = senders(Freshness::time, 3);
    for (int i = 1; i <= 3; ++i)
        heard.take(host(i), at(spring + 1s * i), spring + 1s * i);
    heard.take(host(1), at(spring + 4s), spring + 4s); // now the second is the one heard longest ago
    CHECK_FALSE(heard.admits(host(4), at(spring + 5s), spring + 5s));
    CHECK_FALSE(heard.admits(host(4), at(spring + 7s), spring + 7s)); // 2 s + window: still within
    CHECK(heard.admits(host(4), at(spring + 8s), spring + 8s));
    heard.take(host(4), at(spring + 8s), spring + 8s);
    CHECK(heard.marks().size() == 3);
    CHECK_FALSE(heard.admits(host(1), at(spring + 4s), spring + 8s));
    CHECK_FALSE(heard.admits(host(3), at(spring + 3s), spring + 8s));
    CHECK_FALSE(heard.in_window(at(spring + 2s), spring + 8s)); // what the forgotten one sent is stale now
}

TEST_CASE("in monotonic mode nobody is ever forgotten") {
    auto heard = senders(Freshness::monotonic, 1);
    heard.take(host(1), Sequence{second}, spring);
    CHECK_FALSE(heard.admits(host(2), Sequence{2 * second}, spring + 24h));
    CHECK(heard.admits(host(1), Sequence{2 * second}, spring + 24h));
}
