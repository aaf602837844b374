// The gratuitous ARP that tells a link who has an IPv4 address now (RFC 826, RFC 5227 section 3).
//
// Pure. The request is what RFC 9568 sections 6.4.1 and 6.4.2 ask for; errata 7947 and 7949 to RFC 9568: the
// target hardware address is the sender's, so that no receiver sees a change it must doubt. The reply is for
// old hosts that learn from replies only.
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>

namespace baton::net {

/// Ethernet header (14 octets) and ARP packet (28). The kernel pads to what the medium needs.
using ArpFrame = std::array<std::uint8_t, 42>;

/// The packet's opcode (RFC 826).
enum class ArpOperation : std::uint16_t { request = 1, reply = 2 };

/// `address` is IPv4. Both MAC fields of the packet and the frame's source are `mac`; to all stations.
[[nodiscard]] ArpFrame gratuitous_arp(const MacAddress& mac, const IpAddress& address,
                                      ArpOperation operation);

} // namespace baton::net
