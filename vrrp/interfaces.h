// What is known of this host's interfaces that an instance uses or tracks, and where adverts may come from.
//
// Told by events, of all there are; asked by the Node. RFC 9568 section 5.1.1.1 and 5.1.2.1: the source of
// adverts.
#pragma once

#include "vrrp/event.h"
#include "vrrp/occupant.h"
#include "vrrp/settings.h"
#include "vrrp/snapshot.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace baton::vrrp {

/// An interface as last told.
struct Interface {
    std::string name;
    IfIndex index; ///< none while it does not exist
    bool up{false};
    std::vector<InterfaceAddress> addresses{};
    std::optional<MacAddress> mac{};
    std::vector<Prefix> foreign{}; ///< virtual addresses that somebody else put there
    std::map<Family, std::string> deaf{};
    std::uint32_t mtu{0};
};

class Interfaces {
public:
    /// Which interfaces and addresses are asked for from now on. What was told of others is kept: it may be
    /// asked for later.
    void use(const std::vector<Occupant>& occupants);

    /// Null when nobody asks for that interface.
    const Interface* handle(const LinkChanged& link);
    const Interface* handle(const AddressesChanged& changed);

    /// As last told, whoever asks for it; empty when nothing was.
    [[nodiscard]] Interface told(const std::string& name) const;

    /// Whether this host has an interface with that MAC address.
    [[nodiscard]] bool has(const MacAddress& mac) const;

    /// One that an instance uses or tracks.
    [[nodiscard]] const Interface& named(const std::string& name) const;

    /// Where the instance's adverts come from: what its settings say, or else the first address of its own on
    /// the interface (IPv6: the first of the same scope as where they go). A virtual address only where there
    /// is no other, and only one that this host owns (RFC 9568 sections 1.4 and 4.2).
    [[nodiscard]] std::optional<IpAddress> primary_address(const InstanceSettings& instance) const;

    /// Virtual addresses of the instance that this host answers for though they are not baton's: on the
    /// interfaces that are to carry them, unless it is `holding` and has taken them there; and on the one
    /// below its virtual MAC address.
    [[nodiscard]] std::vector<PlacedPrefix> strangers(const InstanceSettings& instance, bool holding) const;

    /// Addresses of an owner that are this host's own: those that are where it would have put them.
    [[nodiscard]] std::vector<Prefix> own(const InstanceSettings& instance) const;

private:
    void look_for_foreign(Interface& interface) const;
    void ask_for(const std::string& name);
    [[nodiscard]] Interface* find(const std::string& name);
    [[nodiscard]] bool is_virtual(const IpAddress& address) const;
    [[nodiscard]] bool is_owned(const IpAddress& address) const;

    std::vector<Interface> interfaces_; ///< those that are asked for, first
    std::size_t asked_for_{0};
    std::vector<IpAddress> virtual_addresses_; ///< of all instances, sorted
    std::vector<IpAddress> owned_addresses_;   ///< of the instances that this host owns, sorted
};

} // namespace baton::vrrp
