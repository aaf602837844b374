// Takes the IPv4 header (RFC 791 section 3.1) off a datagram as a raw socket hands it over (raw(7)).
//
// Pure, and never reads past the end. The header's checksum is not looked at: the kernel has done that.
//
//    0                   1                   2                   3
//   |Version|  IHL  |Type of Service|          Total Length         |
//   |         Identification        |Flags|      Fragment Offset    |
//   |  Time to Live |    Protocol   |         Header Checksum       |
//   |                       Source Address                          |
//   |                    Destination Address                        |
//   |                    Options, (IHL - 5) * 4 octets              |
#pragma once

#include "base/datagram.h"

#include <cstdint>
#include <optional>
#include <span>

namespace baton::net {

/// The payload is a view into `bytes`, without what the link may have padded behind the total length.
/// Nothing when it is no IPv4, or shorter than it says.
[[nodiscard]] std::optional<Datagram> parse_ipv4(IfIndex interface, std::span<const std::uint8_t> bytes);

} // namespace baton::net
