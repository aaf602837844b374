// A route that an Active router holds beside its addresses: a plain value, in the words of ip-route(8).
//
// The kernel tells a route back with what it filled in itself; normal() fills in the same, so that what is
// wanted and what is there can be compared. Pure.
#pragma once

#include "base/address.h"
#include "base/strong.h"

#include <cstdint>
#include <optional>

namespace baton::netlink {

/// What happens to a packet that takes the route: the numbers of rtnetlink(7), RTN_*.
enum class RouteType : std::uint8_t {
    unicast = 1,
    blackhole = 6,   ///< dropped without a word
    unreachable = 7, ///< answered with ICMP "host unreachable"
    prohibit = 8,    ///< answered with ICMP "administratively prohibited"
};

inline constexpr std::uint32_t main_table = 254; ///< RT_TABLE_MAIN

struct Route {
    Prefix destination; ///< 0.0.0.0/0 and ::/0 are the default routes; bits behind the length do not count
    RouteType type{RouteType::unicast};
    std::optional<IpAddress> gateway; ///< "via"; may be IPv6 for an IPv4 destination
    IfIndex interface;                ///< "dev"; none: the kernel finds it by the gateway
    std::optional<IpAddress> source;  ///< "src": what the host sends from; an address of this host
    std::uint32_t metric{0};          ///< the least is used; 0 means 1024 for IPv6
    std::uint32_t table{main_table};
    std::optional<std::uint8_t> scope; ///< RT_SCOPE_*, IPv4 only; without: as ip-route(8) chooses
    std::uint32_t mtu{0};              ///< octets; 0: that of the interface
    std::uint32_t advmss{0};           ///< octets; 0: that of the interface
    bool onlink{false};                ///< the gateway is on the link, though no network there has it

    friend bool operator==(const Route&, const Route&) = default;
};

/// The same route with everything said that the kernel would fill in, but for the interface.
[[nodiscard]] Route normal(Route route);

/// Whether both take the same place in the kernel, which has room for one: destination, table and metric.
/// Both must be normal.
[[nodiscard]] bool same_place(const Route& a, const Route& b);

/// Whether the kernel's `held` is what `wanted` asks for. Both must be normal.
[[nodiscard]] bool satisfies(const Route& held, const Route& wanted);

} // namespace baton::netlink
