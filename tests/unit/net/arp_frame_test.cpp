// The gratuitous ARP, byte for byte.
#include "net/arp_frame.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::net;

TEST_CASE("a gratuitous ARP for 10.0.1.100, as request and as reply") {
    const MacAddress mac{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}};
    // clang-format off
    ArpFrame expected{
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // to all stations
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, // from us
        0x08, 0x06,                         // ARP
        0x00, 0x01,                         // hardware: Ethernet
        0x08, 0x00,                         // protocol: IPv4
        6, 4,                               // their lengths
        0x00, 0x01,                         // operation: request
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, // sender's hardware address
        10, 0, 1, 100,                      // sender's protocol address
        0x02, 0x11, 0x22, 0x33, 0x44, 0x55, // target's hardware address (errata 7947, 7949)
        10, 0, 1, 100,                      // target's protocol address
    };
    // clang-format on
    CHECK(gratuitous_arp(mac, IpAddress::v4(10, 0, 1, 100), ArpOperation::request) == expected);
    expected[21] = 2; // operation: reply
    CHECK(gratuitous_arp(mac, IpAddress::v4(10, 0, 1, 100), ArpOperation::reply) == expected);
}

TEST_CASE("another host and address differ where they should and nowhere else") {
    const ArpFrame one =
        gratuitous_arp({{2, 0, 0, 0, 0, 1}}, IpAddress::v4(192, 0, 2, 1), ArpOperation::request);
    const ArpFrame two =
        gratuitous_arp({{2, 0, 0, 0, 0, 9}}, IpAddress::v4(192, 0, 2, 7), ArpOperation::request);
    for (std::size_t i = 0; i < one.size(); ++i) {
        CAPTURE(i);
        const bool last_of_mac = i == 11 || i == 27 || i == 37;
        const bool last_of_address = i == 31 || i == 41;
        CHECK((one[i] != two[i]) == (last_of_mac || last_of_address));
    }
}
