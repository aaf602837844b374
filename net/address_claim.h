// Who says on a link that an address is theirs: ARP packets (RFC 826) and Neighbor Advertisements (RFC 4861
// section 4.4).
//
// Pure. As hosts do that hear them: what an ARP packet says of its sender counts whether it asks or answers;
// an advertisement counts only with hop limit 255, which none has that passed a router. Sums are not looked
// at.
#pragma once

#include "base/address.h"

#include <cstdint>
#include <optional>
#include <span>

namespace baton::net {

struct AddressClaim {
    IpAddress address;
    MacAddress mac;

    friend bool operator==(const AddressClaim&, const AddressClaim&) = default;
};

/// `frame` begins with its Ethernet header. Nothing for any other frame, for one that is too short, and for
/// the question of a host that has no address yet (RFC 5227 section 2.1.1).
[[nodiscard]] std::optional<AddressClaim> claim_in(std::span<const std::uint8_t> frame);

} // namespace baton::net
