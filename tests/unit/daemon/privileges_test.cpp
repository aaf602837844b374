#include "daemon/privileges.h"

#include <doctest/doctest.h>

using namespace baton::daemon;

namespace {
constexpr std::uint64_t net_admin = 1U << 12;
constexpr std::uint64_t net_raw = 1U << 13;
} // namespace

TEST_CASE("with both capabilities nothing is missing") {
    CHECK_FALSE(missing_privileges(net_admin | net_raw));
    CHECK_FALSE(missing_privileges(~0ULL));
}

TEST_CASE("what is missing is named, with the way out") {
    const auto raw = missing_privileges(net_admin);
    REQUIRE(raw);
    CHECK(raw->text == "batond lacks CAP_NET_RAW (to send and receive adverts); run it as root, or grant the "
                       "capabilities: setcap cap_net_raw,cap_net_admin+ep /usr/sbin/batond");
    const auto both = missing_privileges(0);
    REQUIRE(both);
    CHECK(both->text.find("CAP_NET_RAW") != std::string::npos);
    CHECK(both->text.find("CAP_NET_ADMIN") != std::string::npos);
}

TEST_CASE("the effective set is read from the text of /proc/self/status") {
    CHECK(effective_capabilities(
              "Name:\tx\nCapPrm:\t0000000000000001\nCapEff:\t0000000000003000\nCapBnd:\t0\n") ==
          (net_admin | net_raw));
    CHECK(effective_capabilities("") == 0);
    CHECK(effective_capabilities("CapEff:\t") == 0);
    CHECK(effective_capabilities("CapEff:\tzz") == 0);
}
