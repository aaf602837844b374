// An advert as a whole Ethernet frame, for routers that speak from their virtual MAC address (RFC 9568
// sections 5.1.1, 5.1.2, 7.2 and 7.3).
//
// Pure. A raw IP socket would send it from the interface's own MAC address. To a group only: its MAC address
// follows from it (RFC 1112 section 6.4, RFC 2464 section 7).
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>
#include <span>

namespace baton::net {

/// What goes around the message. `source` and `group` are of one family.
struct AdvertEnvelope {
    MacAddress mac;
    IpAddress source;
    IpAddress group;
    std::uint8_t hop_limit{255};
    std::uint8_t protocol{0}; ///< VRRP: 112
};

/// Ethernet header (14 octets), IPv6 header (40) and the longest advert.
using AdvertFrameBuffer = std::array<std::uint8_t, 14 + 40 + 4096>;

/// Writes the frame into `buffer`; answers the part used. `message` is at most 4,096 octets.
[[nodiscard]] std::span<const std::uint8_t> advert_frame(const AdvertEnvelope& envelope,
                                                         std::span<const std::uint8_t> message,
                                                         AdvertFrameBuffer& buffer);

/// The frame's type: IPv4 or IPv6.
[[nodiscard]] std::uint16_t ethertype_of(Family family);

} // namespace baton::net
