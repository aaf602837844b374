#include "base/duration.h"

#include <doctest/doctest.h>

#include <random>

using namespace baton;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit") {
    CHECK(parse_duration("100ms").value() == 100ms);
    CHECK(parse_duration("1.5s").value() == 1500ms);
    CHECK(parse_duration("10m").value() == 10min);
    CHECK(parse_duration("2h").value() == 2h);
    CHECK(parse_duration("0s").value() == 0s);
    CHECK(parse_duration("250us").value() == 250us);
    CHECK(parse_duration("7ns").value() == 7ns);
    CHECK(parse_duration("0.000000001s").value() == 1ns);
    CHECK(parse_duration("609.375ms").value() == 609'375us);
    CHECK(parse_duration("0.5h").value() == 30min);
    CHECK(parse_duration("1.10000000000000s").value() == 1100ms);
}

TEST_CASE("what is not a duration is refused in words that say how to write one") {
    for (const std::string text : {"", "1", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1.s", ".5s", "1.2.3s",
                                   "1e3s", "1S", "1sec", "one second", "1,5s", "0x10s", "1ms2us", "..s"}) {
        CAPTURE(text);
        const auto refused = parse_duration(text);
        REQUIRE(refused.has_error());
        CHECK(refused.error().text.find("\"" + text + "\"") != std::string::npos);
        CHECK(refused.error().text.find("\"100ms\"") != std::string::npos);
    }
}

TEST_CASE("nothing finer than a nanosecond is rounded in silence") {
    for (const std::string text : {"0.5ns", "1.0001us", "0.0000000001s", "0.12345678901s", "1.000000000055m",
                                   "0.00000000000001h", "0.00000000000000000001s"}) {
        CAPTURE(text);
        const auto refused = parse_duration(text);
        REQUIRE(refused.has_error());
        CHECK(refused.error().text.find("nanosecond") != std::string::npos);
    }
}

TEST_CASE("ten years are enough") {
    CHECK(parse_duration("87840h").has_value());
    for (const std::string text : {"87841h", "99999999999999999999s", "9223372036854775807s", "87840.5h"}) {
        CAPTURE(text);
        const auto refused = parse_duration(text);
        REQUIRE(refused.has_error());
        CHECK(refused.error().text.find("too long") != std::string::npos);
    }
}

TEST_CASE("a duration prints in its shortest exact form") {
    CHECK(format_duration(0ns) == "0s");
    CHECK(format_duration(1500ms) == "1.5s");
    CHECK(format_duration(100ms) == "100ms");
    CHECK(format_duration(609'375us) == "609.375ms");
    CHECK(format_duration(1s) == "1s");
    CHECK(format_duration(10min) == "10m");
    CHECK(format_duration(2h) == "2h");
    CHECK(format_duration(90s) == "90s");
    CHECK(format_duration(90min) == "90m");
    CHECK(format_duration(1ns) == "1ns");
    CHECK(format_duration(-1500ms) == "-1.5s");
}

TEST_CASE("what is printed reads back as the same duration") {
    std::mt19937_64 dice(1);
    for (int i = 0; i < 100'000; ++i) {
        const auto digits = 1 + dice() % 17;
        std::uint64_t bound = 1;
        for (std::uint64_t d = 0; d < digits; ++d)
            bound *= 10;
        const Duration duration{static_cast<Duration::rep>(dice() % bound)};
        REQUIRE(parse_duration(format_duration(duration)).value() == duration);
    }
}

TEST_CASE("milliseconds for people") {
    CHECK(format_milliseconds(609'375us) == "609.375 ms");
    CHECK(format_milliseconds(3s) == "3000 ms");
    CHECK(format_milliseconds(1500us) == "1.5 ms");
    CHECK(format_milliseconds(0ns) == "0 ms");
    CHECK(format_milliseconds(-1500us) == "-1.5 ms");
    CHECK(format_milliseconds(2'578'125ns) == "2.578 ms");
}
