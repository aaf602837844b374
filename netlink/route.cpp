#include "netlink/route.h"

#include <algorithm>
#include <array>
#include <linux/rtnetlink.h>

namespace baton::netlink {

namespace {

constexpr std::uint32_t ipv6_default_metric = 1024; // IP6_RT_PRIO_USER in the kernel

Prefix network_of(const Prefix& prefix) {
    std::array<std::uint8_t, 16> octets{};
    const auto bytes = prefix.address.bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int bits = std::clamp(prefix.length - static_cast<int>(i) * 8, 0, 8);
        octets[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00 >> bits));
    }
    const Family family = prefix.address.family();
    return {IpAddress::from_bytes(family, std::span(octets).first(bytes.size())), prefix.length};
}

// As ip(8) chooses it: without a gateway the destination is on the link itself.
std::uint8_t usual_scope(const Route& route) {
    return route.type == RouteType::unicast && !route.gateway ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

} // namespace

Route normal(Route route) {
    const bool ipv6 = route.destination.address.family() == Family::ipv6;
    route.destination = network_of(route.destination);
    if (route.table == RT_TABLE_UNSPEC)
        route.table = main_table;
    if (ipv6 && route.metric == 0)
        route.metric = ipv6_default_metric;
    if (ipv6) // the kernel does not keep it
        route.scope = RT_SCOPE_UNIVERSE;
    else if (!route.scope)
        route.scope = usual_scope(route);
    return route;
}

bool same_place(const Route& a, const Route& b) {
    return a.destination == b.destination && a.table == b.table && a.metric == b.metric;
}

bool satisfies(const Route& held, const Route& wanted) {
    Route asked = wanted;
    // A route that leads nowhere has no interface, or what the kernel puts there in its place.
    if (asked.interface == IfIndex() || asked.type != RouteType::unicast)
        asked.interface = held.interface;
    return held == asked;
}

} // namespace baton::netlink
