// The unsolicited Neighbor Advertisement, byte for byte; the checksums are scapy's.
#include "net/na_frame.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::net;

TEST_CASE("an unsolicited Neighbor Advertisement for fe80::64") {
    const MacAddress mac{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}};
    // clang-format off
    const NaFrame expected{
        0x33, 0x33, 0x00, 0x00, 0x00, 0x01, // to all nodes
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, // from us
        0x86, 0xdd,                         // IPv6
        0x60, 0x00, 0x00, 0x00,             // version 6, traffic class 0, no flow label
        0x00, 0x20,                         // payload: 32 octets
        58, 255,                            // ICMPv6, hop limit
        0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64, // source: the address itself
        0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, // destination: all nodes
        136, 0,                             // Neighbor Advertisement
        0x70, 0x3c,                         // checksum
        0xa0, 0x00, 0x00, 0x00,             // Router, not Solicited, Override
        0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64, // target
        2, 1,                               // option: target link-layer address, 8 octets
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55,
    };
    // clang-format on
    CHECK(unsolicited_na(mac, IpAddress::parse("fe80::64").value()) == expected);
}

TEST_CASE("every octet of the address and of the MAC address has its places, and counts in the checksum") {
    const NaFrame frame = unsolicited_na({{0x00, 0x00, 0x5e, 0x00, 0x02, 0x33}},
                                         IpAddress::parse("2001:db8:1:2:fedc:ba98:7654:3210").value());
    // clang-format off
    const NaFrame expected{
        0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33, 0x86, 0xdd,
        0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 58, 255,
        0x20, 0x01, 0x0d, 0xb8, 0x00, 0x01, 0x00, 0x02, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
        0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
        136, 0, 0x57, 0x3f, 0xa0, 0x00, 0x00, 0x00,
        0x20, 0x01, 0x0d, 0xb8, 0x00, 0x01, 0x00, 0x02, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
        2, 1, 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33,
    };
    // clang-format on
    CHECK(frame == expected);
}
