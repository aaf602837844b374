// The unsolicited Neighbor Advertisement that tells a link who has an IPv6 address now (RFC 4861 sections 4.4
// and 7.2.6, RFC 9568 sections 6.4.1 and 6.4.2).
//
// Pure. To all nodes, with the address itself as source, so that a receiver needs nothing else to believe it.
// Router and Override are set: who has an entry for the address must take the new MAC address, and must go
// on believing that a router stands behind it.
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>

namespace baton::net {

/// Ethernet header (14 octets), IPv6 header (40), advertisement (24), Target Link-Layer Address option (8).
using NaFrame = std::array<std::uint8_t, 86>;

/// `address` is IPv6. The frame's source and the option are `mac`; hop limit 255, R=1 S=0 O=1.
[[nodiscard]] NaFrame unsolicited_na(const MacAddress& mac, const IpAddress& address);

} // namespace baton::net
