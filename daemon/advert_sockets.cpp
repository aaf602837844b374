#include "daemon/advert_sockets.h"

#include "vrrp/advert.h"

#include <algorithm>

namespace baton::daemon {
namespace {

void add(std::vector<IpAddress>& sorted, const IpAddress& address) {
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), address);
    if (place == sorted.end() || *place != address)
        sorted.insert(place, address);
}

} // namespace

void AdvertSockets::want(const std::vector<vrrp::Occupant>& occupants) {
    wanted_.clear();
    for (const auto& occupant : occupants) {
        if (occupant.left)
            continue;
        const auto& instance = *occupant.settings;
        const auto family = instance.family();
        auto& wanted = wanted_[instance.interface];
        auto& groups = wanted.groups[family];
        if (instance.unicast.peers.empty())
            add(groups, instance.group.value_or(vrrp::multicast_group(family)));
        if (family == Family::ipv4)
            for (const auto& prefix : instance.addresses)
                add(wanted.virtual_addresses, prefix.address);
    }
}

bool AdvertSockets::wants(const std::string& name, Family family) const {
    const auto found = wanted_.find(name);
    return found != wanted_.end() && found->second.groups.contains(family);
}

std::vector<std::string> AdvertSockets::wanted() const {
    std::vector<std::string> names;
    for (const auto& [name, wanted] : wanted_)
        names.push_back(name);
    return names;
}

void AdvertSockets::open(const std::string& name, IfIndex index) {
    auto& open = sockets_[name];
    if (open.index != index)
        open = Open{index, {}, {}, nullptr};
    const auto found = wanted_.find(name);
    const auto wanted = found == wanted_.end() ? Wanted{} : found->second;
    for (const auto& [family, groups] : wanted.groups)
        open_family(open, family, groups);
    close_families(open, wanted);
    if (wanted.virtual_addresses != open.virtual_addresses)
        renew_owner(open, wanted.virtual_addresses);
}

/// The new one is there before the old one goes, so that no advert falls in between. One whose family went
/// away under it has left its groups for good.
void AdvertSockets::open_family(Open& open, Family family, const Groups& groups) {
    auto& ear = open.ears[family];
    ear.failure.reset();
    if (const auto obstacle = net::AdvertSocket::obstacle(open.index, family)) {
        ear = Ear{{}, nullptr, Failure{obstacle->text, true}};
        return;
    }
    if (ear.socket && ear.groups == groups)
        return;
    auto fresh =
        net::AdvertSocket::open(io_.get_executor(), {open.index, vrrp::protocol_number, family, groups});
    if (!fresh) {
        ear.failure = Failure{fresh.error().text, false};
        return;
    }
    (*fresh)->start(on_readable_);
    if (ear.socket)
        on_readable_();
    ear = Ear{groups, std::move(*fresh), std::nullopt};
}

void AdvertSockets::close_families(Open& open, const Wanted& wanted) {
    const auto is_needless = [&](const auto& ear) { return !wanted.groups.contains(ear.first); };
    if (std::any_of(open.ears.begin(), open.ears.end(), is_needless))
        on_readable_();
    std::erase_if(open.ears, is_needless);
}

void AdvertSockets::renew_owner(Open& open, const std::vector<IpAddress>& virtual_addresses) {
    std::unique_ptr<net::OwnerSocket> fresh;
    if (!virtual_addresses.empty()) {
        auto owner = net::OwnerSocket::open(io_.get_executor(),
                                            {open.index, vrrp::protocol_number, virtual_addresses});
        if (!owner) {
            open.ears[Family::ipv4].failure = Failure{owner.error().text, false};
            return;
        }
        (*owner)->start(on_readable_);
        fresh = std::move(*owner);
    }
    if (open.owner)
        on_readable_();
    open.owner = std::move(fresh);
    open.virtual_addresses = virtual_addresses;
}

Deaf AdvertSockets::deaf(const std::string& name) const {
    Deaf deaf;
    if (const auto found = sockets_.find(name); found != sockets_.end())
        for (const auto& [family, ear] : found->second.ears)
            if (ear.failure)
                deaf.emplace(family, ear.failure->why);
    return deaf;
}

std::optional<Error> AdvertSockets::refused(const std::string& name) const {
    if (const auto found = sockets_.find(name); found != sockets_.end())
        for (const auto& [family, ear] : found->second.ears)
            if (ear.failure && !ear.failure->no_family)
                return Error{ear.failure->why};
    return std::nullopt;
}

void AdvertSockets::close_others() {
    std::erase_if(sockets_, [&](const auto& open) { return !wants(open.first); });
}

net::AdvertSocket* AdvertSockets::find(IfIndex index, Family family) {
    for (auto& [name, open] : sockets_)
        if (open.index == index)
            if (const auto ear = open.ears.find(family); ear != open.ears.end())
                return ear->second.socket.get();
    return nullptr;
}

} // namespace baton::daemon
