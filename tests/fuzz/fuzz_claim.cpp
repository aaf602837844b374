// Any bytes as a frame that may claim an address: net/address_claim. The bytes are the frame.
#include "net/address_claim.h"
#include "tests/fuzz/target.h"

#include <algorithm>
#include <vector>

using namespace baton;
using fuzz::must;

namespace {

using Bytes = std::vector<std::uint8_t>;

bool stands_in(const Bytes& frame, std::size_t at, std::span<const std::uint8_t> octets) {
    return frame.size() >= at + octets.size() &&
           std::equal(octets.begin(), octets.end(), frame.begin() + static_cast<std::ptrdiff_t>(at));
}

/// RFC 826 once more, longhand.
void check_arp(const Bytes& frame, const net::AddressClaim& claim) {
    must(frame[12] == 8 && frame[13] == 6, "an IPv4 address is claimed by ARP");
    must(stands_in(frame, 22, claim.mac.octets), "the MAC address is the sender's");
    must(stands_in(frame, 28, claim.address.bytes()), "the address is the sender's");
}

/// RFC 4861 section 4.4.
void check_advertisement(const Bytes& frame, const net::AddressClaim& claim) {
    must(frame[12] == 0x86 && frame[13] == 0xdd && frame[54] == 136,
         "an IPv6 address is claimed by an advertisement");
    must(frame[21] == 255, "it has passed no router");
    must(stands_in(frame, 62, claim.address.bytes()), "the address is the target");
    bool found = stands_in(frame, 6, claim.mac.octets);
    for (std::size_t at = 80; at + 6 <= frame.size(); at += 8)
        found = found || (frame[at - 2] == 2 && stands_in(frame, at, claim.mac.octets));
    must(found, "the MAC address is that of an option, or the frame's source");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes frame(data, data + size); // of its exact size
    if (const auto claim = net::claim_in(frame))
        claim->address.family() == Family::ipv4 ? check_arp(frame, *claim)
                                                : check_advertisement(frame, *claim);
    return 0;
}
