// Interfaces and their addresses as the kernel has them: plain values.
//
// What rtnetlink(7) says of a link (RTM_NEWLINK) and of an address (RTM_NEWADDR), reduced to what a router
// needs to know.
#pragma once

#include "base/address.h"
#include "base/strong.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace baton::netlink {

struct Link {
    IfIndex index;
    std::string name;
    bool up{false}; ///< administratively up, with carrier, and operational (RFC 2863)
    bool loopback{false};
    std::optional<MacAddress> mac; ///< Ethernet only
    std::uint32_t mtu{0};          ///< the longest packet, from the IP header on; 0: not told
    std::uint32_t carrier_ups{0};  ///< how often its carrier has come (IFLA_CARRIER_UP_COUNT)

    friend bool operator==(const Link&, const Link&) = default;
};

/// One address of an interface.
struct HeldAddress {
    Prefix prefix;
    bool ours{false}; ///< carries address_mark
    /// IPv6: not usable as a source, because duplicate address detection is not through or has found another
    /// holder (RFC 4862 section 5.4). An optimistic address (RFC 4429) is usable.
    bool tentative{false};

    friend bool operator==(const HeldAddress&, const HeldAddress&) = default;
};

/// IPv4 addresses stand before IPv6 addresses, each in the kernel's order: the first IPv4 address is what it
/// sends from by default; the first IPv6 address of a scope is the newest.
struct Interface {
    Link link;
    std::vector<HeldAddress> addresses;
};

/// An address with the interface it is on, as a dump or an event tells it.
struct PlacedAddress {
    IfIndex interface;
    HeldAddress address;
};

} // namespace baton::netlink
