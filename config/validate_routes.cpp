#include "config/validate_routes.h"

#include "config/json.h"
#include "config/routing_words.h"
#include "config/validate_instance.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace baton::config {
namespace {

using netlink::Route;
using netlink::Rule;
using vrrp::InstanceSettings;

/// RFC 8200 section 5: every link carries as much.
constexpr std::uint32_t least_ipv6_mtu = 1280;
constexpr std::uint32_t usual_ipv6_metric = 1024; // what the kernel takes for 0

void add(Findings& findings, const Pointer& at, std::string message,
         Finding::About about = Finding::About::value) {
    findings.push_back({.pointer = at.text(), .message = std::move(message), .about = about});
}

/// A gateway is another host: the kernel refuses one of its own addresses.
bool is_own(const IpAddress& gateway, const VirtualRoute& route, const InstanceSettings& instance) {
    const bool on_its_link = route.interface.empty() || route.interface == instance.holder;
    const auto there = scoped(gateway, on_its_link ? instance.interface : route.interface);
    for (const auto* list : {&instance.addresses, &instance.excluded})
        if (std::any_of(list->begin(), list->end(),
                        [&](const Prefix& held) { return scoped(held, instance) == there; }))
            return true;
    return false;
}

/// RFC 5549: an IPv4 network may lie behind an IPv6 gateway, but not the other way round.
void find_gateway_faults(const VirtualRoute& virtual_route, const InstanceSettings& instance,
                         const Pointer& at, Findings& findings) {
    const auto& route = virtual_route.route;
    if (!route.gateway || is_stand_in(*route.gateway))
        return;
    const auto& gateway = *route.gateway;
    if (is_own(gateway, virtual_route, instance))
        add(findings, at / "via",
            gateway.to_string() + " is a virtual address of this instance; name the gateway's own");
    if (!is_refused_network(route.destination) && route.destination.address.family() == Family::ipv6 &&
        gateway.family() == Family::ipv4)
        add(findings, at / "via",
            gateway.to_string() + " is IPv4, but the route is IPv6, which needs an IPv6 gateway");
    if (route.scope.value_or(0) >= scope_link && route.scope != scope_nowhere)
        add(findings, at / "scope",
            "what lies behind a gateway is farther than the link; leave this out, or \"via\"");
}

/// Answers would not arrive.
void find_mute_source(const Route& route, const InstanceSettings& instance, const HostSettings& host,
                      const Pointer& at, Findings& findings) {
    if (host.accept || !route.source || is_stand_in(*route.source))
        return;
    for (const auto* list : {&instance.addresses, &instance.excluded})
        if (std::any_of(list->begin(), list->end(),
                        [&](const Prefix& held) { return held.address == *route.source; }))
            add(findings, at / "source",
                "with \"accept\": false nothing that is sent to " + route.source->to_string() +
                    " arrives here, nor do answers; name an address of this node's own, or accept");
}

/// What a family does not have, or has otherwise.
void find_family_faults(const Route& route, const Pointer& at, Findings& findings) {
    const auto family = route.destination.address.family();
    if (is_refused_network(route.destination))
        return;
    if (route.source && !is_stand_in(*route.source) && route.source->family() != family)
        add(findings, at / "source",
            route.source->to_string() + " is " + name_of(route.source->family()) + ", but the route is " +
                name_of(family));
    if (family == Family::ipv4)
        return;
    if (route.scope)
        add(findings, at / "scope", "IPv6 routes have no scope; leave this out", Finding::About::key);
    if (route.mtu != 0 && route.mtu < least_ipv6_mtu)
        add(findings, at / "mtu",
            "must be at least " + std::to_string(least_ipv6_mtu) + " with IPv6, not " +
                std::to_string(route.mtu));
}

/// The kernel has one place for each: where it stands in the file, and whose it is.
using Places = std::map<std::tuple<Prefix, std::uint32_t, std::uint32_t>, const InstanceSettings*>;

void find_taken_place(const Route& route, const InstanceSettings& instance, const Pointer& at, Places& places,
                      Findings& findings) {
    if (is_refused_network(route.destination))
        return;
    const bool ipv6 = route.destination.address.family() == Family::ipv6;
    const auto metric = ipv6 && route.metric == 0 ? usual_ipv6_metric : route.metric;
    const auto [first, fresh] = places.try_emplace({route.destination, route.table, metric}, &instance);
    if (!fresh)
        add(findings, at,
            "instance " + quote(first->second->name) + " already has a route to " +
                route.destination.to_string() + " in " + name_of_table(route.table) + " with metric " +
                std::to_string(metric) +
                ", and the kernel keeps one of them; give this one another \"metric\" or \"table\"");
}

void find_network_faults(const std::optional<Prefix>& network, const Rule& rule, const Pointer& at,
                         Findings& findings) {
    if (network && !is_refused_network(*network) && network->address.family() != rule.family)
        add(findings, at,
            network->to_string() + " is " + name_of(network->address.family()) + ", but the rule is " +
                name_of(rule.family));
}

/// All that tells one rule from another; a network of length 0 says nothing, but for the family.
auto identity(const Rule& rule) {
    const auto said = [](const std::optional<Prefix>& network) {
        return network && network->length > 0 ? network : std::nullopt;
    };
    const auto mark = rule.mark ? std::optional(std::pair(rule.mark->value, rule.mark->mask)) : std::nullopt;
    return std::tuple(rule.family, rule.priority, said(rule.from), said(rule.to), rule.iif, rule.oif, mark,
                      rule.table);
}

} // namespace

void find_route_faults(const Config& config, Findings& findings) {
    Places places;
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& instance = config.settings.instances[i];
        const auto& routes = config.host[i].routes;
        for (std::size_t j = 0; j < routes.size(); ++j) {
            const auto at = place_of(instance) / "routes" / j;
            const auto& route = routes[j].route;
            find_gateway_faults(routes[j], instance, at, findings);
            find_family_faults(route, at, findings);
            find_mute_source(route, instance, config.host[i], at, findings);
            if (route.scope == scope_nowhere)
                add(findings, at / "scope", "no route can have the scope \"nowhere\"");
            if (route.table == local_table)
                add(findings, at / "table",
                    "table 255 (local) is the kernel's, which keeps this host's addresses there; take "
                    "another");
            else
                find_taken_place(route, instance, at, places, findings);
        }
    }
}

void find_rule_faults(const Config& config, Findings& findings) {
    std::map<decltype(identity(Rule{})), std::string> seen;
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& instance = config.settings.instances[i];
        const auto& rules = config.host[i].rules;
        for (std::size_t j = 0; j < rules.size(); ++j) {
            const auto& rule = rules[j];
            const auto at = place_of(instance) / "rules" / j;
            find_network_faults(rule.from, rule, at / "from", findings);
            find_network_faults(rule.to, rule, at / "to", findings);
            if (rule.priority == 0) // refused
                continue;
            const auto [first, fresh] = seen.try_emplace(identity(rule), instance.name);
            if (!fresh)
                add(findings, at,
                    "instance " + quote(first->second) +
                        " already has the same rule; give it once, or another \"priority\"");
        }
    }
}

} // namespace baton::config
