#include "config/validate_holdings.h"

#include "config/json.h"

#include <algorithm>
#include <set>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;

/// Calls `visit(address, place in the file)` for each address, advertised or excluded.
template <class Visit>
void for_each_address(const InstanceSettings& instance, Visit visit) {
    for (std::size_t i = 0; i < instance.addresses.size(); ++i)
        visit(instance.addresses[i], place_of(instance) / "addresses" / i);
    for (std::size_t i = 0; i < instance.excluded.size(); ++i)
        visit(instance.excluded[i], place_of(instance) / "excluded_addresses" / i);
}

/// The interface that carries the address.
const std::string& carrier(const Prefix& held, const InstanceSettings& instance) {
    for (const auto& elsewhere : instance.elsewhere)
        if (elsewhere.address == held)
            return elsewhere.interface;
    return instance.holding_interface();
}

/// Router and host part of a virtual MAC go by family (RFC 9568 section 7.3), so its interface has one.
void find_strangers(const InstanceSettings& instance, Findings& findings) {
    const auto family = known_family(instance.addresses);
    if (!instance.virtual_mac || !family)
        return;
    for (std::size_t i = 0; i < instance.excluded.size(); ++i) {
        const auto& held = instance.excluded[i];
        if (is_stand_in(held.address) || held.address.family() == *family ||
            carrier(held, instance) != instance.holder)
            continue;
        findings.push_back({.pointer = (place_of(instance) / "excluded_addresses" / i).text(),
                            .message = held.address.to_string() + " is " + name_of(held.address.family()) +
                                       ", but the virtual MAC address of " + quote(instance.holder) +
                                       " is for " + name_of(*family) +
                                       "; put it on another interface: { \"address\": " +
                                       quote(held.to_string()) + ", \"interface\": ... }"});
    }
}

/// ip-address(8): the name of the interface, or that and a colon and more.
bool is_label_of(const std::string& label, const std::string& interface) {
    return label == interface || label.starts_with(interface + ":");
}

void find_look_faults(const AddressLook& look, const InstanceSettings& instance, Findings& findings) {
    const auto at = place_of(look.address, instance);
    if (look.address.address.family() == Family::ipv6) {
        if (!look.label.empty())
            findings.push_back({.pointer = (at / "label").text(),
                                .message = "IPv6 addresses have no labels; leave this out",
                                .about = Finding::About::key});
        if (look.scope)
            findings.push_back({.pointer = (at / "scope").text(),
                                .message = "an IPv6 address tells its scope itself; leave this out",
                                .about = Finding::About::key});
        return;
    }
    const auto& interface = carrier(look.address, instance);
    if (!look.label.empty() && !interface.empty() && !is_label_of(look.label, interface))
        findings.push_back({.pointer = (at / "label").text(),
                            .message = "must be the name of the interface that carries the address, or begin "
                                       "with it and a colon, such as " +
                                       quote(interface + ":1") + ", not " + quote(look.label)});
}

std::uint8_t scope_of(const Prefix& address, const HostSettings& host) {
    for (const auto& look : host.looks)
        if (look.address == address)
            return look.scope.value_or(0);
    return 0;
}

bool same_network(const Prefix& a, const Prefix& b) {
    return a.length == b.length && network_of(a) == network_of(b);
}

/// The kernel makes all but the first of a network its secondaries, and refuses one of another scope
/// (net/ipv4/devinet.c, "Invalid scope value").
void find_mixed_scopes(const InstanceSettings& instance, const HostSettings& host, Findings& findings) {
    std::vector<Prefix> before;
    for_each_address(instance, [&](const Prefix& held, const Pointer& place) {
        for (const auto& other : before)
            if (same_network(held, other) && carrier(held, instance) == carrier(other, instance) &&
                scope_of(held, host) != scope_of(other, host)) {
                findings.push_back({.pointer = place.text(),
                                    .message = held.to_string() + " must have the scope of " +
                                               other.to_string() +
                                               ", which is in the same network on the same interface"});
                break;
            }
        if (!is_stand_in(held.address) && held.address.family() == Family::ipv4)
            before.push_back(held);
    });
}

/// What ends with the process is the drop; what would not end is the address.
void find_endless_lease(const InstanceSettings& instance, const HostSettings& host, Findings& findings) {
    if (!host.accept && host.lease == std::chrono::seconds::zero())
        findings.push_back({.pointer = (place_of(instance) / "lease").text(),
                            .message = "with \"accept\": false the addresses need a lease: the kernel stops "
                                       "dropping packets to them when batond is killed"});
}

void find_idle_accept(const InstanceSettings& instance, const HostSettings& host, Findings& findings) {
    if (!host.accept && instance.priority == vrrp::owner)
        findings.push_back({.pointer = (place_of(instance) / "accept").text(),
                            .message = "an owner (priority 255) always accepts; leave this out"});
}

} // namespace

Holders find_repeated_addresses(const Config& config, Findings& findings) {
    Holders holders;
    for (const auto& instance : config.settings.instances) {
        std::set<IpAddress> own; // of all its interfaces: the core finds an address by itself
        for_each_address(instance, [&](const Prefix& held, const Pointer& place) {
            if (is_stand_in(held.address))
                return;
            const auto [first, fresh] = holders.try_emplace(scoped(held, instance), &instance);
            const bool again = !own.insert(held.address).second;
            if (!fresh || again)
                findings.push_back(
                    {.pointer = place.text(),
                     .message = held.address.to_string() + " is already an address of instance " +
                                quote(again ? instance.name : first->second->name) + "; name it once"});
        });
    }
    return holders;
}

Pointer place_of(const Prefix& held, const InstanceSettings& instance) {
    const auto index = [&](const std::vector<Prefix>& list) {
        return static_cast<std::size_t>(std::find(list.begin(), list.end(), held) - list.begin());
    };
    const auto i = index(instance.addresses);
    return i < instance.addresses.size()
               ? place_of(instance) / "addresses" / i
               : place_of(instance) / "excluded_addresses" / index(instance.excluded);
}

void find_holding_faults(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& instance = config.settings.instances[i];
        find_strangers(instance, findings);
        for (const auto& look : config.host[i].looks)
            find_look_faults(look, instance, findings);
        find_mixed_scopes(instance, config.host[i], findings);
        find_endless_lease(instance, config.host[i], findings);
        find_idle_accept(instance, config.host[i], findings);
    }
}

} // namespace baton::config
