#include "vrrp/interfaces.h"

#include "vrrp/holdings.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace baton::vrrp {
namespace {

/// An IPv6 advert goes to a link-local group, or to peers that may be anywhere; its source is of that scope.
bool has_right_scope(const IpAddress& address, const InstanceSettings& instance) {
    if (address.family() == Family::ipv4)
        return true;
    const auto& peers = instance.unicast.peers;
    return address.is_link_local() == (peers.empty() || peers.front().is_link_local());
}

/// Whatever the length of its network.
bool is_among(const Prefix& prefix, std::span<const Prefix> addresses) {
    return std::any_of(addresses.begin(), addresses.end(),
                       [&](const Prefix& one) { return one.address == prefix.address; });
}

} // namespace

void Interfaces::use(const std::vector<Occupant>& occupants) {
    asked_for_ = 0;
    virtual_addresses_.clear();
    owned_addresses_.clear();
    for (const auto& occupant : occupants) {
        const auto& instance = *occupant.settings;
        ask_for(instance.interface);
        for (const auto& holding : holdings_of(instance))
            ask_for(holding.interface);
        for (const auto& name : instance.routing.interfaces)
            ask_for(name);
        for (const auto& track : instance.track)
            if (track.kind == TrackSettings::Kind::interface)
                ask_for(track.name);
        for (const auto& prefix : instance.addresses) {
            virtual_addresses_.push_back(prefix.address);
            if (instance.adopts_addresses())
                owned_addresses_.push_back(prefix.address);
        }
        for (const auto& prefix : instance.excluded)
            virtual_addresses_.push_back(prefix.address);
    }
    std::sort(virtual_addresses_.begin(), virtual_addresses_.end());
    std::sort(owned_addresses_.begin(), owned_addresses_.end());
    for (auto& interface : interfaces_)
        look_for_foreign(interface);
}

void Interfaces::look_for_foreign(Interface& interface) const {
    interface.foreign.clear();
    for (const auto& address : interface.addresses)
        if (!address.ours && is_virtual(address.prefix.address))
            interface.foreign.push_back(address.prefix);
}

std::vector<Prefix> Interfaces::own(const InstanceSettings& instance) const {
    std::vector<Prefix> found;
    if (!instance.adopts_addresses())
        return found;
    for (const auto& there : holdings_of(instance))
        for (const auto& prefix : named(there.interface).foreign)
            if (is_among(prefix, there.addresses))
                found.push_back(prefix);
    return found;
}

std::vector<PlacedPrefix> Interfaces::strangers(const InstanceSettings& instance, bool holding) const {
    std::vector<PlacedPrefix> found;
    if (instance.adopts_addresses() || std::all_of(interfaces_.begin(), interfaces_.end(),
                                                   [](const auto& one) { return one.foreign.empty(); }))
        return found;
    const auto look = [&](const std::string& name, const Holding& holding_there) {
        for (const auto& prefix : named(name).foreign)
            if (is_among(prefix, holding_there.addresses))
                found.push_back({name, prefix});
    };
    for (const auto& there : holdings_of(instance)) {
        if (!holding)
            look(there.interface, there);
        if (instance.virtual_mac && there.interface == instance.holder)
            look(instance.interface, there);
    }
    return found;
}

void Interfaces::ask_for(const std::string& name) {
    auto* interface = find(name);
    if (interface == nullptr)
        interface = &interfaces_.emplace_back(Interface{name, {}, false});
    const auto place = static_cast<std::size_t>(interface - interfaces_.data());
    if (place >= asked_for_)
        std::swap(interfaces_[asked_for_++], *interface);
}

Interface* Interfaces::find(const std::string& name) {
    const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                    [&](const Interface& known) { return known.name == name; });
    return found == interfaces_.end() ? nullptr : &*found;
}

const Interface* Interfaces::handle(const LinkChanged& link) {
    auto* interface = find(link.name);
    if (interface == nullptr && link.exists)
        interface = &interfaces_.emplace_back(Interface{link.name, {}, false});
    if (interface == nullptr)
        return nullptr;
    const auto place = static_cast<std::size_t>(interface - interfaces_.data());
    if (!link.exists && place >= asked_for_) {
        interfaces_.erase(interfaces_.begin() + static_cast<std::ptrdiff_t>(place));
        return nullptr;
    }
    const auto index = link.exists ? link.index : IfIndex{};
    if (interface->index != index)
        *interface = {interface->name, {}, false}; // another interface under the old name, or none
    interface->index = index;
    interface->up = link.exists && link.up;
    interface->mac = link.mac;
    interface->deaf = link.deaf;
    interface->mtu = link.mtu;
    return place < asked_for_ ? interface : nullptr;
}

const Interface* Interfaces::handle(const AddressesChanged& changed) {
    const auto interface = std::find_if(interfaces_.begin(), interfaces_.end(),
                                        [&](const Interface& known) { return known.index == changed.index; });
    if (interface == interfaces_.end())
        return nullptr;
    interface->addresses = changed.addresses;
    look_for_foreign(*interface);
    return static_cast<std::size_t>(interface - interfaces_.begin()) < asked_for_ ? &*interface : nullptr;
}

Interface Interfaces::told(const std::string& name) const {
    const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                    [&](const Interface& interface) { return interface.name == name; });
    return found == interfaces_.end() ? Interface{} : *found;
}

bool Interfaces::has(const MacAddress& mac) const {
    return std::any_of(interfaces_.begin(), interfaces_.end(),
                       [&](const Interface& interface) { return interface.mac == mac; });
}

const Interface& Interfaces::named(const std::string& name) const {
    const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                    [&](const Interface& interface) { return interface.name == name; });
    assert(found != interfaces_.end()); // who asks has said so: use()
    return *found;
}

std::optional<IpAddress> Interfaces::primary_address(const InstanceSettings& instance) const {
    std::optional<IpAddress> owned;
    for (const auto& [prefix, ours, tentative] : named(instance.interface).addresses) {
        const auto& address = prefix.address;
        if (address.family() != instance.family() || ours || tentative)
            continue;
        if (instance.source) {
            if (address == *instance.source)
                return address;
            continue;
        }
        if (!has_right_scope(address, instance))
            continue;
        if (!is_virtual(address))
            return address;
        if (!owned && is_owned(address))
            owned = address;
    }
    return owned;
}

bool Interfaces::is_owned(const IpAddress& address) const {
    return std::binary_search(owned_addresses_.begin(), owned_addresses_.end(), address);
}

bool Interfaces::is_virtual(const IpAddress& address) const {
    return std::binary_search(virtual_addresses_.begin(), virtual_addresses_.end(), address);
}

} // namespace baton::vrrp
