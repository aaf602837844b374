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

    friend bool operator==(const Link&, const Link&) = default;
};

/// One address of an interface.
struct HeldAddress {
    Prefix prefix;
    bool ours{false};      ///< carries address_mark
    bool secondary{false}; ///< shares its subnet with an address that came first
    std::uint8_t scope{0}; ///< RT_SCOPE_*: 0 is global, 253 link, 254 host

    friend bool operator==(const HeldAddress&, const HeldAddress&) = default;
};

/// Addresses are in the kernel's order: the first that is not secondary is what it sends from by default.
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
