#include "config/validate_instance.h"

#include "base/duration.h"
#include "config/json.h"

#include <algorithm>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;

void add(Findings& findings, const Pointer& at, std::string message) {
    findings.push_back({.pointer = at.text(), .message = std::move(message)});
}

/// RFC 9568 section 5.2.9: a family of its own for each virtual router.
void find_mixed_families(const InstanceSettings& instance, Family family, Findings& findings) {
    for (std::size_t i = 0; i < instance.addresses.size(); ++i) {
        const auto& address = instance.addresses[i].address;
        if (!is_stand_in(address) && address.family() != family)
            add(findings, place_of(instance) / "addresses" / i,
                address.to_string() + " is " + name_of(address.family()) +
                    ", but the addresses of this instance are " + name_of(family) +
                    "; an instance has one family, so make two instances");
    }
}

/// RFC 9568 section 5.2.9 and 6.1; RFC 3768 is IPv4 only.
void find_ipv6_faults(const InstanceSettings& instance, Findings& findings) {
    const auto& addresses = instance.addresses;
    const auto& first = addresses.front().address;
    if (instance.version == vrrp::Version::v2)
        add(findings, place_of(instance) / "vrrp_version",
            "VRRPv2 is for IPv4 only; IPv6 addresses need \"vrrp_version\": 3");
    if (first.family() == Family::ipv6 && !is_stand_in(first) && !first.is_link_local())
        add(findings, place_of(instance) / "addresses" / std::size_t{0},
            "the first address of an IPv6 instance must be link-local (fe80::/10), such as "
            "\"fe80::100/64\", not " +
                quote(addresses.front().to_string()));
    if (addresses.size() > most_ipv6_addresses)
        add(findings, place_of(instance) / "addresses",
            "must be a list of 1 to " + entries(most_ipv6_addresses) + ", not of " +
                std::to_string(addresses.size()) +
                ": no more IPv6 addresses fit in an advert of 1500 octets");
}

/// Peers, source and group speak the family of the virtual addresses.
bool has_family(const IpAddress& address, Family family, const Pointer& at, Findings& findings) {
    if (address.family() == family)
        return true;
    add(findings, at,
        address.to_string() + " is " + name_of(address.family()) + ", but the virtual addresses are " +
            name_of(family));
    return false;
}

/// What is wrong with one peer beside those before it; empty if nothing.
std::string peer_fault(const InstanceSettings& instance, std::size_t index, const Holders& holders) {
    const auto& peers = instance.unicast.peers;
    const auto& peer = peers[index];
    const auto before = peers.begin() + static_cast<std::ptrdiff_t>(index);
    if (std::find(peers.begin(), before, peer) != before)
        return peer.to_string() + " is already a peer; name it once";
    if (const auto holder = holders.find(scoped(peer, instance)); holder != holders.end())
        return peer.to_string() + " is a virtual address of instance " + quote(holder->second->name) +
               "; name the address that the other node has for itself";
    if (instance.source == peer)
        return peer.to_string() + " is the \"source_address\" of this node; name the other nodes only";
    return "";
}

/// Adverts to all peers have one source, and that is link-local or not (RFC 4007 section 9).
void find_mixed_scopes(const InstanceSettings& instance, Findings& findings) {
    const auto& peers = instance.unicast.peers;
    for (std::size_t i = 1; i < peers.size(); ++i)
        if (!is_stand_in(peers[0]) && !is_stand_in(peers[i]) && peers[i].family() == Family::ipv6 &&
            peers[0].family() == Family::ipv6 && peers[i].is_link_local() != peers[0].is_link_local())
            add(findings, place_of(instance) / "unicast" / "peers" / i,
                peers[i].to_string() + (peers[i].is_link_local() ? " is" : " is not") +
                    " link-local, unlike the first peer; all peers must be, or none");
}

void find_peer_faults(const InstanceSettings& instance, std::optional<Family> family, const Holders& holders,
                      Findings& findings) {
    const auto& peers = instance.unicast.peers;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const auto at = place_of(instance) / "unicast" / "peers" / i;
        if (is_stand_in(peers[i]) || (family && !has_family(peers[i], *family, at, findings)))
            continue;
        if (auto fault = peer_fault(instance, i, holders); !fault.empty())
            add(findings, at, std::move(fault));
    }
    find_mixed_scopes(instance, findings);
}

/// RFC 9568 section 5.1.2.1: link-local, as where the adverts go. Unicast, outside of it: as the peers.
std::string scope_fault(const InstanceSettings& instance) {
    const auto& source = *instance.source;
    const auto& peers = instance.unicast.peers;
    if (source.family() != Family::ipv6 || (!peers.empty() && is_stand_in(peers.front())))
        return "";
    const bool link_local = peers.empty() || peers.front().is_link_local();
    if (source.is_link_local() == link_local)
        return "";
    return std::string("must ") + (link_local ? "be" : "not be") + " link-local (fe80::/10), like " +
           (peers.empty() ? "the multicast group" : "the peers") + ", not " + quote(source.to_string());
}

/// Only an owner has a virtual address for itself (RFC 9568 section 1.4).
void find_source_faults(const InstanceSettings& instance, std::optional<Family> family,
                        const Holders& holders, Findings& findings) {
    const auto at = place_of(instance) / "source_address";
    if (!instance.source || is_stand_in(*instance.source) ||
        (family && !has_family(*instance.source, *family, at, findings)))
        return;
    const auto holder = holders.find(scoped(*instance.source, instance));
    const bool own = holder != holders.end() && holder->second == &instance;
    if (holder != holders.end() && !(own && instance.priority == vrrp::owner))
        add(findings, at,
            instance.source->to_string() + " is a virtual address of instance " +
                quote(holder->second->name) + ", and only an owner (priority 255) may send from its own");
    if (auto fault = scope_fault(instance); !fault.empty())
        add(findings, at, std::move(fault));
}

void find_unsorted_repeats(const InstanceSettings& instance, Findings& findings) {
    Duration last{};
    for (std::size_t i = 0; i < instance.announce.repeats.size(); ++i) {
        const auto repeat = instance.announce.repeats[i];
        if (repeat == Duration::zero()) // refused
            continue;
        if (repeat <= last)
            add(findings, place_of(instance) / "announce" / "repeats" / i,
                "must be longer than the one before it, which is " + quote(format_duration(last)) +
                    "; all count from the first announcement");
        last = repeat;
    }
}

void find_idle_delay(const InstanceSettings& instance, Findings& findings) {
    if (instance.preempt_delay == Duration::zero())
        return;
    const auto at = place_of(instance) / "preempt_delay";
    if (instance.priority == vrrp::owner)
        add(findings, at, "an owner (priority 255) takes its addresses at once; leave this out");
    else if (!instance.preempt)
        add(findings, at, "nothing is preempted with \"preempt\": false; leave one of them out");
}

} // namespace

Pointer place_of(const InstanceSettings& instance) { return Pointer{} / "instances" / instance.name; }

ScopedAddress scoped(const IpAddress& address, const InstanceSettings& instance) {
    return scoped(address, instance.interface.empty() ? "/" + instance.name : instance.interface);
}

ScopedAddress scoped(const Prefix& held, const InstanceSettings& instance) {
    for (const auto& elsewhere : instance.elsewhere)
        if (elsewhere.address == held)
            return scoped(held.address, elsewhere.interface);
    return scoped(held.address, instance);
}

void find_instance_faults(const InstanceSettings& instance, const Holders& holders, Findings& findings) {
    const auto family = known_family(instance.addresses);
    if (family)
        find_mixed_families(instance, *family, findings);
    if (family == Family::ipv6)
        find_ipv6_faults(instance, findings);
    if (family && instance.group && !is_stand_in(*instance.group))
        (void)has_family(*instance.group, *family, place_of(instance) / "multicast_group", findings);
    find_peer_faults(instance, family, holders, findings);
    find_source_faults(instance, family, holders, findings);
    find_unsorted_repeats(instance, findings);
    find_idle_delay(instance, findings);
}

} // namespace baton::config
