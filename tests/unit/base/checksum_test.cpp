// The words of RFC 1071 section 3; random data against a second implementation is in
// vrrp/arithmetic_test.cpp.
#include "base/checksum.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace baton;

TEST_CASE("the example of RFC 1071 section 3") {
    const std::array<std::uint8_t, 8> bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    Checksum sum;
    sum.add(bytes);
    CHECK(sum.value() == 0x220d); // the complement of ddf2
}

TEST_CASE("nothing sums to nothing, and an odd octet is a high one") {
    CHECK(Checksum{}.value() == 0xffff);
    const std::array<std::uint8_t, 1> odd{0x12};
    Checksum sum;
    sum.add(odd);
    CHECK(sum.value() == static_cast<std::uint16_t>(~0x1200U));
}

TEST_CASE("carries go round as often as it takes") {
    const std::vector<std::uint8_t> ones(200'000, 0xff);
    Checksum sum;
    sum.add(ones);
    CHECK(sum.value() == 0);
    sum.add(std::uint16_t{1});
    CHECK(sum.value() == static_cast<std::uint16_t>(~1U));
}
