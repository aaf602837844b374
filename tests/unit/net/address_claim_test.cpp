// What a frame says about who has which address.
#include "net/address_claim.h"
#include "net/arp_frame.h"
#include "net/na_frame.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <vector>

using namespace baton;
using namespace baton::net;

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr MacAddress mac{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}};
constexpr MacAddress frame_source{{0x02, 0, 0, 0, 0, 0x09}};
const IpAddress virtual_address = IpAddress::v4(10, 0, 1, 100);
const IpAddress virtual_address_6 = *IpAddress::parse("fe80::100");

Bytes arp(ArpOperation operation = ArpOperation::request) {
    const auto frame = gratuitous_arp(mac, virtual_address, operation);
    return {frame.begin(), frame.end()};
}

Bytes advertisement() {
    const auto frame = unsolicited_na(mac, virtual_address_6);
    return {frame.begin(), frame.end()};
}

Bytes with(Bytes frame, std::size_t at, std::uint8_t octet) {
    frame.at(at) = octet;
    return frame;
}

Bytes cut_off(Bytes frame, std::size_t size) {
    frame.resize(size);
    frame.shrink_to_fit();
    return frame;
}

} // namespace

TEST_CASE("an ARP packet claims its sender's address, whatever it asks or answers") {
    const AddressClaim claim{virtual_address, mac};
    CHECK(claim_in(arp()) == claim);
    CHECK(claim_in(arp(ArpOperation::reply)) == claim);
    CHECK(claim_in(with(arp(), 41, 7)) == claim); // asks for another
    auto padded = arp();
    padded.resize(60);
    CHECK(claim_in(padded) == claim);
}

TEST_CASE(
    "no claim: another kind of ARP, the question of a host without an address, other frames, short ones") {
    for (const std::size_t at : {15U, 17U, 18U, 19U}) // hardware, protocol, their lengths
        CHECK_FALSE(claim_in(with(arp(), at, 9)));
    CHECK_FALSE(claim_in(with(arp(), 21, 3))); // reverse ARP
    auto probe = arp();
    std::fill_n(probe.begin() + 28, 4, std::uint8_t{0});
    CHECK_FALSE(claim_in(probe));
    CHECK_FALSE(claim_in(with(arp(), 13, 0))); // IPv4
    for (std::size_t size = 0; size < 32; ++size)
        CHECK_FALSE(claim_in(cut_off(arp(), size)));
}

TEST_CASE(
    "a Neighbor Advertisement claims its target for the MAC address that it names, or else comes from") {
    const auto frame = with(advertisement(), 11, 9); // the frame's source
    CHECK(claim_in(frame) == AddressClaim{virtual_address_6, mac});
    auto bare = frame;
    bare.resize(14 + 40 + 24);
    bare[19] = 24;
    auto source = frame_source;
    std::copy_n(bare.begin() + 6, 6, source.octets.begin());
    CHECK(claim_in(bare) == AddressClaim{virtual_address_6, source});
    CHECK(claim_in(with(frame, 78, 14)) ==
          AddressClaim{virtual_address_6, source});                                 // another option: a nonce
    CHECK(claim_in(with(frame, 79, 0)) == AddressClaim{virtual_address_6, source}); // one without a length
    CHECK(claim_in(with(frame, 79, 9)) == AddressClaim{virtual_address_6, source}); // one that is cut off
}

TEST_CASE("no claim: an advertisement from beyond the link, another message, one that is cut off") {
    CHECK_FALSE(claim_in(with(advertisement(), 21, 254)));
    CHECK_FALSE(claim_in(with(advertisement(), 20, 17)));  // UDP
    CHECK_FALSE(claim_in(with(advertisement(), 54, 135))); // a solicitation
    CHECK_FALSE(claim_in(with(advertisement(), 55, 1)));   // a code there is none of
    CHECK_FALSE(claim_in(with(advertisement(), 19, 23)));  // its length says less than a message has
    CHECK_FALSE(claim_in(with(advertisement(), 18, 1)));   // or more than has come
    for (std::size_t size = 0; size < 78; ++size)
        CHECK_FALSE(claim_in(cut_off(advertisement(), size)));
}
