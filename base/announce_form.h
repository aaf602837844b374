// How a virtual IPv4 address is announced on the link.
#pragma once

#include <cstdint>

namespace baton {

/// Which ARP packets announce an IPv4 address. IPv6 has one form: the unsolicited Neighbor Advertisement.
enum class AnnounceForm : std::uint8_t {
    request, ///< gratuitous request: RFC 9568 section 6.4 with errata 7947 and 7949, RFC 5227 section 3
    reply,   ///< gratuitous reply, for old hosts that learn from replies only
    both
};

} // namespace baton
