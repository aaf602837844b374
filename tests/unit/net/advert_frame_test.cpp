#include "net/advert_frame.h"

#include "net/ipv4_header.h"

#include <doctest/doctest.h>
#include <vector>

using namespace baton;
using namespace baton::net;
using Bytes = std::vector<std::uint8_t>;

namespace {

const Bytes message{0x31, 51, 100, 1, 0, 100, 0x99, 0x88, 10, 0, 1, 100};
constexpr MacAddress virtual_mac{{0x00, 0x00, 0x5e, 0x00, 0x01, 0x33}};

Bytes frame_of(const AdvertEnvelope& envelope) {
    AdvertFrameBuffer buffer;
    const auto frame = advert_frame(envelope, message, buffer);
    return {frame.begin(), frame.end()};
}

} // namespace

TEST_CASE("an IPv4 advert from the virtual MAC, octet for octet") {
    const auto frame =
        frame_of({virtual_mac, IpAddress::v4(10, 0, 1, 2), IpAddress::v4(224, 0, 0, 18), 255, 112});
    Bytes expected{
        0x01, 0x00, 0x5e, 0x00, 0x00, 0x12,             // to the group
        0x00, 0x00, 0x5e, 0x00, 0x01, 0x33,             // from the virtual router
        0x08, 0x00,                                     //
        0x45, 0xc0, 0x00, 0x20, 0x00, 0x00, 0x40, 0x00, // 32 octets in all, not to be fragmented
        0xff, 0x70, 0x8f, 0x99,                         // TTL 255, protocol 112, checksum
        0x0a, 0x00, 0x01, 0x02, 0xe0, 0x00, 0x00, 0x12, //
    };
    expected.insert(expected.end(), message.begin(), message.end());
    CHECK(frame == expected);
}

TEST_CASE("what is written as IPv4 reads as IPv4") {
    const auto frame =
        frame_of({virtual_mac, IpAddress::v4(10, 0, 1, 2), IpAddress::v4(224, 0, 0, 18), 255, 112});
    const auto datagram = parse_ipv4(IfIndex{2}, std::span(frame).subspan(14));
    REQUIRE(datagram.has_value());
    CHECK(datagram->source == IpAddress::v4(10, 0, 1, 2));
    CHECK(datagram->destination == IpAddress::v4(224, 0, 0, 18));
    CHECK(datagram->hop_limit == 255);
    CHECK(Bytes(datagram->payload.begin(), datagram->payload.end()) == message);
}

TEST_CASE("an IPv6 advert from the virtual MAC, octet for octet") {
    constexpr MacAddress mac{{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}};
    const auto frame = frame_of({mac, *IpAddress::parse("fe80::2"), *IpAddress::parse("ff02::12"), 255, 112});
    Bytes expected{
        0x33, 0x33, 0x00, 0x00, 0x00, 0x12, // to the group
        0x00, 0x00, 0x5e, 0x00, 0x02, 0x33, // from the virtual router
        0x86, 0xdd,                         //
        0x6c, 0x00, 0x00, 0x00,             // class CS6
        0x00, 0x0c, 0x70, 0xff,             // 12 octets, next header 112, hop limit 255
        0xfe, 0x80, 0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, //
        0xff, 0x02, 0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, //
    };
    expected.insert(expected.end(), message.begin(), message.end());
    CHECK(frame == expected);
}

TEST_CASE("the MAC address of another group follows from it") {
    const auto frame =
        frame_of({virtual_mac, IpAddress::v4(10, 0, 1, 2), IpAddress::v4(239, 193, 2, 3), 255, 112});
    CHECK(Bytes(frame.begin(), frame.begin() + 6) == Bytes{0x01, 0x00, 0x5e, 0x41, 0x02, 0x03});
}
