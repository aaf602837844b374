#include "daemon/interfaces.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;

TEST_CASE("this host has a loopback interface, number one of its namespace") {
    const auto present = interfaces_of_this_host();
    REQUIRE(present.count("lo") == 1);
    CHECK(present.at("lo") == IfIndex{1});
}
