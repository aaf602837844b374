// The daemon hears of interfaces and their addresses, and sees to it that each has the sockets and the
// virtual MAC addresses that are needed there.
//
// What cannot be had, because the interface does not do IPv6 now or somebody has taken a name, is asked for
// again: of most of that nobody tells when it has changed.
#include "daemon/daemon.h"

#include <algorithm>

namespace baton::daemon {
namespace {

constexpr auto look_again_after = std::chrono::seconds(2);

const char* state_of(const netlink::LinkState& link) {
    if (!link.exists)
        return "gone";
    if (link.returned)
        return "up again";
    return link.up ? "up" : "down";
}

netlink::LinkState state_of(const netlink::Link& link) {
    return {link.name, link.index, true, link.up, link.mac, link.mtu};
}

} // namespace

void Daemon::on_link(const netlink::LinkState& link) {
    if (sockets_.wants(link.name)) {
        log_.link_changed(link.name, state_of(link));
        if (link.exists)
            sockets_.open(link.name, link.index);
        else
            sockets_.close(link.name);
    }
    if (link.exists)
        hear_claims(link.name, link.index);
    else
        claims_.close(link.name);
    keep_virtual_macs(link);
    tell_of_link(link);
}

void Daemon::hear_claims(const std::string& interface, IfIndex index) {
    if (const auto opened = claims_.open(interface, index); !opened)
        log_.claims_unheard(interface, opened.error().text);
}

/// Deaf in a family, its instances must not believe that nobody speaks.
void Daemon::tell_of_link(const netlink::LinkState& link) {
    auto deaf = sockets_.deaf(link.name);
    auto& told = deaf_told_[link.name];
    for (const auto& [family, why] : deaf)
        if (const auto before = told.find(family); before == told.end() || before->second != why)
            log_.socket_failed(link.name, why);
    if (!deaf.empty())
        look_again_later();
    told = deaf;
    if (link.exists && macs_.is_taken(link.name, link.index)) // not for our addresses
        feed(vrrp::LinkChanged{link.name, {}, false});
    else
        feed(vrrp::LinkChanged{link.name, link.index, link.exists, link.up, link.mac, std::move(deaf),
                               link.mtu, link.returned});
}

/// After sockets were opened: whose deafness is another than was told.
void Daemon::tell_of_sockets() {
    for (const auto& name : sockets_.wanted())
        if (const auto* known = monitor_->find(name);
            known != nullptr && sockets_.deaf(name) != deaf_told_[name])
            tell_of_link(state_of(known->link));
}

/// One that somebody deleted is made again, and one that somebody gave another address gets its own back; and
/// what stood on an interface went away with it.
void Daemon::keep_virtual_macs(const netlink::LinkState& link) {
    note_virtual_macs(link.exists ? macs_.make_on(link.name, link.index) : macs_.replace_gone(link.name));
    if (!link.exists || !link.mac)
        return;
    const auto kept = macs_.keep_address(link.name, link.index, *link.mac);
    if (!kept)
        log_.virtual_mac_failed(kept.error().text);
    else if (*kept)
        log_.virtual_mac_restored(link.name, link.mac->to_string());
}

/// Told once, however often it is tried.
void Daemon::note_virtual_macs(const Result<void, Error>& made) {
    if (made && !macs_.lacks_any())
        macs_trouble_.clear();
    if (made)
        return;
    if (std::exchange(macs_trouble_, made.error().text) != made.error().text)
        log_.virtual_mac_failed(made.error().text);
    look_again_later();
}

void Daemon::on_addresses(IfIndex interface, const std::vector<netlink::HeldAddress>& addresses) {
    follow_families(interface, addresses);
    vrrp::AddressesChanged event{interface, {}};
    for (const auto& address : addresses)
        event.addresses.push_back({address.prefix, address.ours, address.tentative});
    feed(event);
}

/// Where IPv6 goes its last address goes too, a moment before the rest; and where it comes, so does an
/// address.
void Daemon::follow_families(IfIndex interface, const std::vector<netlink::HeldAddress>& addresses) {
    const auto* known = monitor_->find(interface);
    if (known == nullptr || !sockets_.wants(known->link.name))
        return;
    const auto name = known->link.name;
    const bool has_ipv6 = std::any_of(addresses.begin(), addresses.end(), [](const auto& address) {
        return address.prefix.address.family() == Family::ipv6;
    });
    const bool ipv6_left = !has_ipv6 && sockets_.wants(name, Family::ipv6);
    if (ipv6_left)
        look_again_later();
    if (ipv6_left || !sockets_.deaf(name).empty())
        look_at(name);
}

void Daemon::look_at(const std::string& name) {
    const auto* known = monitor_->find(name);
    if (known == nullptr)
        return;
    const auto link = state_of(known->link);
    sockets_.open(name, link.index);
    if (sockets_.deaf(name) == deaf_told_[name])
        return;
    note_virtual_macs(macs_.fit());
    tell_of_link(link);
}

void Daemon::look_at_links() {
    if (macs_.lacks_any())
        note_virtual_macs(macs_.fit());
    for (const auto& name : sockets_.wanted()) {
        look_at(name);
        if (!sockets_.deaf(name).empty())
            look_again_later();
    }
}

void Daemon::look_again_later() {
    if (std::exchange(looks_again_, true))
        return;
    look_again_.expires_after(look_again_after);
    look_again_.async_wait([this](boost::system::error_code error) {
        if (error)
            return;
        looks_again_ = false;
        look_at_links();
    });
}

} // namespace baton::daemon
