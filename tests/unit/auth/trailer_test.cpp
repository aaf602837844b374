// The 28 octets and what their MAC stands for. Whole packets of keepalived are in tests/vectors.
#include "auth/trailer.h"

#include "samples.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::auth;
using namespace baton::testing;

namespace {

const Trailer sample{KeyId{7}, Sequence{0x0102030405060708}, {0xaa, 0xbb}};

Statement statement() { return {3, 10, peer_address, message}; }

} // namespace

TEST_CASE("each field of a trailer has its place, in network order") {
    const auto octets = encode(sample);
    const std::vector<std::uint8_t> head{1, 7, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xaa, 0xbb, 0};
    CHECK(std::equal(head.begin(), head.end(), octets.begin()));
    const auto back = decode(octets);
    REQUIRE(back.has_value());
    CHECK(back->key == sample.key);
    CHECK(back->sequence == sample.sequence);
    CHECK(back->mac == sample.mac);
}

TEST_CASE("another type, reserved octets that are not zero and key 0 are malformed") {
    for (const std::size_t at : {0U, 2U, 3U})
        for (int value = 0; value < 256; ++value) {
            auto octets = encode(sample);
            if (octets[at] == value)
                continue;
            octets[at] = static_cast<std::uint8_t>(value);
            CHECK_FALSE(decode(octets).has_value());
        }
    auto octets = encode(sample);
    octets[1] = 0;
    CHECK_FALSE(decode(octets).has_value());
}

TEST_CASE("the MAC changes with all that it stands for, and with nothing else") {
    const auto mac = *mac_of(key('a'), statement(), sample);
    CHECK(equal(mac, *mac_of(key('a'), statement(), sample)));
    CHECK_FALSE(equal(mac, *mac_of(key('b'), statement(), sample)));
    CHECK_FALSE(equal(mac, *mac_of(key('a'), {2, 10, peer_address, message}, sample)));
    CHECK_FALSE(equal(mac, *mac_of(key('a'), {3, 11, peer_address, message}, sample)));
    CHECK_FALSE(equal(mac, *mac_of(key('a'), {3, 10, other_address, message}, sample)));
    CHECK_FALSE(equal(mac, *mac_of(key('a'), statement(), {KeyId{8}, sample.sequence, {}})));
    CHECK_FALSE(equal(mac, *mac_of(key('a'), statement(), {KeyId{7}, Sequence{1}, {}})));
    CHECK(equal(mac, *mac_of(key('a'), statement(), {KeyId{7}, sample.sequence, {}})));
    for (std::size_t at = 0; at < message.size(); ++at) {
        auto changed = message;
        changed[at] ^= 1;
        const bool checksum = at == 6 || at == 7;
        CHECK(equal(mac, *mac_of(key('a'), {3, 10, peer_address, changed}, sample)) == checksum);
    }
}

TEST_CASE("an IPv4 source and an IPv6 source of the same octets are two") {
    const auto v6 = IpAddress::v6({192, 0, 2, 2});
    CHECK_FALSE(
        equal(*mac_of(key('a'), statement(), sample), *mac_of(key('a'), {3, 10, v6, message}, sample)));
}

TEST_CASE("every octet of a MAC counts") {
    const Mac mac{};
    CHECK(equal(mac, Mac{}));
    for (std::size_t at = 0; at < mac_size; ++at) {
        Mac other{};
        other[at] = 1;
        CHECK_FALSE(equal(mac, other));
    }
}

TEST_CASE("a message is as long as its address count says, a trailer is what exactly follows") {
    auto payload = message;
    CHECK(message_size(payload, 3, Family::ipv4) == 12);
    CHECK(trailer_in(payload, 3, Family::ipv4) == 0);
    payload.resize(12 + trailer_size);
    CHECK(trailer_in(payload, 3, Family::ipv4) == trailer_size);
    CHECK(message_size(payload, 2, Family::ipv4) == 20);
    CHECK(message_size(payload, 3, Family::ipv6) == 24);
    CHECK(trailer_in(payload, 2, Family::ipv4) == 0);
    payload.resize(60);
    for (std::size_t size = 0; size < payload.size(); ++size) {
        const auto part = std::span(payload).first(size);
        CHECK(message_size(part, 3, Family::ipv4).has_value() == (size >= 12));
        CHECK((trailer_in(part, 3, Family::ipv4) != 0) == (size == 40));
    }
}

TEST_CASE("the longest message there can be is signed") {
    std::vector<std::uint8_t> longest(8 + 255 * 16);
    longest[3] = 255;
    CHECK(mac_of(key('a'), {3, 10, peer_address, longest}, sample).has_value());
}
