#include "daemon/told_failures.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;
using namespace std::chrono_literals;

namespace {

constexpr vrrp::InstanceId a{0};
constexpr vrrp::InstanceId b{1};

} // namespace

TEST_CASE("of failures of one sort the first is told, and one a minute, with the number of the others") {
    ToldFailures failures;
    CHECK(failures.admit(a, "no way to 10.0.9.9", Time{}) == 0);
    for (auto at = Time{10ms}; at < Time{1min}; at += 10ms)
        CHECK_FALSE(failures.admit(a, "no way to 10.0.9.9", at));
    CHECK(failures.admit(a, "no way to 10.0.9.9", Time{1min}) == 5999);
    CHECK_FALSE(failures.admit(a, "no way to 10.0.9.9", Time{1min + 10ms}));
    CHECK(failures.admit(a, "no way to 10.0.9.9", Time{2min}) == 1);
}

TEST_CASE("another peer, another cause and another instance are told by themselves") {
    ToldFailures failures;
    CHECK(failures.admit(a, "no way to 10.0.9.9", Time{}) == 0);
    CHECK(failures.admit(a, "no way to 10.0.9.8", Time{}) == 0);
    CHECK(failures.admit(a, "not allowed to 10.0.9.9", Time{}) == 0);
    CHECK(failures.admit(b, "no way to 10.0.9.9", Time{}) == 0);
    CHECK_FALSE(failures.admit(a, "no way to 10.0.9.9", Time{1s}));
}

TEST_CASE("one that comes again after a long time is told like the first") {
    ToldFailures failures;
    CHECK(failures.admit(a, "no way", Time{}) == 0);
    CHECK_FALSE(failures.admit(a, "no way", Time{1s}));
    CHECK(failures.admit(b, "no way", Time{1h}) == 0); // the other is old by now
    CHECK(failures.admit(a, "no way", Time{1h + 1s}) == 0);
}
