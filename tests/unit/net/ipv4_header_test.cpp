// The IPv4 header: every length of it, and every length of a datagram that ends too early.
#include "net/ipv4_header.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <vector>

using namespace baton;
using namespace baton::net;

namespace {

constexpr IfIndex eth0{3};

// A datagram from 10.0.1.2 to 224.0.0.18 with a header of `words` 32-bit words and the given payload.
std::vector<std::uint8_t> datagram(unsigned words, const std::vector<std::uint8_t>& payload) {
    std::vector<std::uint8_t> bytes(std::size_t{4} * words, 0xee); // 0xee where options are
    const auto total = bytes.size() + payload.size();
    const std::vector<std::uint8_t> fixed{static_cast<std::uint8_t>(0x40U | words),
                                          0xc0,
                                          static_cast<std::uint8_t>(total >> 8),
                                          static_cast<std::uint8_t>(total & 0xff),
                                          0x12,
                                          0x34,
                                          0,
                                          0,
                                          255,
                                          112,
                                          0xab,
                                          0xcd,
                                          10,
                                          0,
                                          1,
                                          2,
                                          224,
                                          0,
                                          0,
                                          18};
    std::copy(fixed.begin(), fixed.end(), bytes.begin());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

const std::vector<std::uint8_t> payload{0x31, 51, 100, 1, 0, 100, 0x99, 0x88, 10, 0, 1, 100};

std::vector<std::uint8_t> bytes_of(std::span<const std::uint8_t> view) { return {view.begin(), view.end()}; }

} // namespace

TEST_CASE("a header without options") {
    const auto bytes = datagram(5, payload);
    const auto parsed = parse_ipv4(eth0, bytes);
    REQUIRE(parsed);
    CHECK(parsed->interface == eth0);
    CHECK(parsed->source == IpAddress::v4(10, 0, 1, 2));
    CHECK(parsed->destination == IpAddress::v4(224, 0, 0, 18));
    CHECK(parsed->hop_limit == 255);
    CHECK(bytes_of(parsed->payload) == payload);
}

TEST_CASE("options are passed over, whatever their length") {
    for (unsigned words = 6; words <= 15; ++words) {
        CAPTURE(words);
        const auto bytes = datagram(words, payload);
        const auto parsed = parse_ipv4(eth0, bytes);
        REQUIRE(parsed);
        CHECK(parsed->destination == IpAddress::v4(224, 0, 0, 18));
        CHECK(bytes_of(parsed->payload) == payload);
    }
}

TEST_CASE("a datagram that ends too early is none, at every length") {
    for (const unsigned words : {5U, 9U, 15U}) {
        const auto whole = datagram(words, payload);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(words);
            CAPTURE(size);
            // On the heap and of exactly this size, so that a sanitizer sees a read past the end.
            const std::vector<std::uint8_t> part(whole.begin(),
                                                 whole.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK_FALSE(parse_ipv4(eth0, part));
        }
    }
}

TEST_CASE("what the link padded is not payload") {
    auto bytes = datagram(5, payload);
    bytes.resize(60);
    const auto parsed = parse_ipv4(eth0, bytes);
    REQUIRE(parsed);
    CHECK(bytes_of(parsed->payload) == payload);
}

TEST_CASE("a datagram may have no payload") {
    const auto bytes = datagram(5, {});
    const auto parsed = parse_ipv4(eth0, bytes);
    REQUIRE(parsed);
    CHECK(parsed->payload.empty());
}

TEST_CASE("another version, a header below 20 octets, a total length below the header's: none") {
    auto bytes = datagram(5, payload);
    SUBCASE("version 6") { bytes[0] = 0x65; }
    SUBCASE("version 0") { bytes[0] = 0x05; }
    SUBCASE("four words") { bytes[0] = 0x44; }
    SUBCASE("no words") { bytes[0] = 0x40; }
    SUBCASE("total length 19") { bytes[3] = 19; }
    SUBCASE("total length 20, header 24") {
        bytes[0] = 0x46;
        bytes[3] = 20;
    }
    CHECK_FALSE(parse_ipv4(eth0, bytes));
}

TEST_CASE("both octets of the total length count") {
    const std::vector<std::uint8_t> long_payload(1068, 7);
    const auto bytes = datagram(5, long_payload);
    const auto parsed = parse_ipv4(eth0, bytes);
    REQUIRE(parsed);
    CHECK(parsed->payload.size() == 1068);
}
