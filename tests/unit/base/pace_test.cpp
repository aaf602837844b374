// How far apart the runs of a check are.
#include "base/pace.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace std::chrono_literals;

TEST_CASE("a pause is anywhere within the jitter, both ends may come, and none is below zero") {
    CHECK(pause_of(100ms, 10ms, 0) == 90ms);
    CHECK(pause_of(100ms, 10ms, 0.5) == 100ms);
    CHECK(pause_of(100ms, 10ms, 1) == 110ms);
    CHECK(pause_of(5s, 0s, 0.25) == 5s);
    CHECK(pause_of(1s, 1h, 0.25) == 0s);
}

TEST_CASE("the first pause is any part of the interval, from nothing to all of it") {
    CHECK(first_pause_of(20ms, 0) == 0ms);
    CHECK(first_pause_of(20ms, 0.25) == 5ms);
    CHECK(first_pause_of(20ms, 1) == 20ms);
}
