#include "config/read_routes.h"

#include "config/members.h"
#include "config/read_value.h"
#include "config/routing_words.h"

#include <algorithm>

namespace baton::config {
namespace {

using netlink::Route;
using netlink::RouteType;

RouteType type_of(const std::string& word) {
    if (word == "blackhole")
        return RouteType::blackhole;
    if (word == "unreachable")
        return RouteType::unreachable;
    return word == "prohibit" ? RouteType::prohibit : RouteType::unicast;
}

void add(Findings& findings, const Pointer& at, std::string message,
         Finding::About about = Finding::About::value) {
    findings.push_back({.pointer = at.text(), .message = std::move(message), .about = about});
}

/// Of a default route: that of its gateway, or else that of the instance; none if that was refused.
std::optional<Family> default_family(const Route& route, const vrrp::InstanceSettings& instance) {
    if (!route.gateway)
        return known_family(instance.addresses);
    return is_stand_in(*route.gateway) ? std::nullopt : std::optional(route.gateway->family());
}

/// The gateway is known already.
Prefix destination(const Json& json, const Pointer& at, const Route& route,
                   const vrrp::InstanceSettings& instance, Findings& findings) {
    if (text(json, "to") != "default")
        return read_member(json, "to", read_network, at, findings).value_or(Prefix{});
    const auto family = default_family(route, instance);
    return family ? everything(*family) : Prefix{};
}

/// Keys that a route which leads nowhere has no use for.
void refuse_way(const Json& json, const Pointer& at, Findings& findings) {
    for (const auto* key : {"via", "interface", "source", "scope", "mtu", "advmss", "onlink"})
        if (find(json, key) != nullptr)
            add(findings, at / key,
                "a route of type " + quote(text(json, "type")) + " leads nowhere; leave this out",
                Finding::About::key);
}

/// Keys that others need beside them. Looks at what was written: what is refused is not missing as well.
void find_missing_keys(const Json& json, const Pointer& at, const Route& route, Findings& findings) {
    const bool gateway = find(json, "via") != nullptr;
    const bool interface = find(json, "interface") != nullptr;
    if (!gateway && !interface)
        add(findings, at,
            "a route leads to a gateway or out of an interface; give it \"via\" or \"interface\", or the "
            "\"type\" \"blackhole\", \"unreachable\" or \"prohibit\"");
    else if (route.onlink && !(gateway && interface))
        add(findings, at / "onlink",
            "a gateway that no network tells of needs both \"via\" and \"interface\"; add the missing one, "
            "or "
            "leave this out");
    else if (route.gateway && route.gateway->family() == Family::ipv6 && route.gateway->is_link_local() &&
             !interface)
        add(findings, at / "via",
            "there is a " + route.gateway->to_string() +
                " on each link, for it is link-local; give the route an \"interface\"");
}

void read_way(const Json& json, const Pointer& at, VirtualRoute& read, Findings& findings) {
    auto& route = read.route;
    read.interface = text(json, "interface");
    route.gateway = read_member(json, "via", read_host_address, at, findings);
    route.source = read_member(json, "source", read_host_address, at, findings);
    route.scope = read_scope(json);
    route.mtu = large_number(json, "mtu");
    route.advmss = large_number(json, "advmss");
    route.onlink = flag(json, "onlink");
    find_missing_keys(json, at, route, findings);
}

VirtualRoute read_route(const Json& json, const Pointer& at, const vrrp::InstanceSettings& instance,
                        Findings& findings) {
    VirtualRoute read;
    auto& route = read.route;
    const auto type = text(json, "type");
    route.type = type_of(type);
    if (route.type != RouteType::unicast)
        refuse_way(json, at, findings);
    else if (!type.empty()) // it was refused, and may be any
        read_way(json, at, read, findings);
    route.destination = destination(json, at, route, instance, findings);
    route.metric = large_number(json, "metric");
    route.table = read_table(json);
    return read;
}

} // namespace

std::vector<VirtualRoute> read_routes(const Json& json, const Pointer& at,
                                      const vrrp::InstanceSettings& instance, Findings& findings) {
    std::vector<VirtualRoute> routes;
    for (const auto& entry : part(json, "routes"))
        routes.push_back(read_route(entry, at / "routes" / routes.size(), instance, findings));
    return routes;
}

vrrp::RoutingSettings routing_of(const HostSettings& host) {
    vrrp::RoutingSettings routing;
    routing.any = !host.routes.empty() || !host.rules.empty();
    for (const auto& route : host.routes)
        if (auto& names = routing.interfaces;
            !route.interface.empty() && std::find(names.begin(), names.end(), route.interface) == names.end())
            names.push_back(route.interface);
    return routing;
}

} // namespace baton::config
