// What came in from the network, with what the IP header said of it.
#pragma once

#include "base/address.h"
#include "base/strong.h"

#include <cstdint>
#include <span>

namespace baton {

/// One received IP datagram. The payload is a view: it lives as long as the buffer it was read into.
struct Datagram {
    IfIndex interface;
    IpAddress source;
    IpAddress destination;
    std::uint8_t hop_limit{0};             ///< TTL, or hop limit
    std::span<const std::uint8_t> payload; ///< what follows the IP header
};

} // namespace baton
