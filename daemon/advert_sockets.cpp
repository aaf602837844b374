#include "daemon/advert_sockets.h"

#include "vrrp/advert.h"

#include <algorithm>
#include <iterator>

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

/// The new ones are there before the old ones go, so that no advert falls in between.
Result<void, Error> AdvertSockets::open(const std::string& name, IfIndex index) {
    auto known = sockets_.find(name);
    if (known != sockets_.end() && known->second.index != index) {
        sockets_.erase(known);
        known = sockets_.end();
    }
    const auto found = wanted_.find(name);
    const auto wanted = found == wanted_.end() ? Wanted{} : found->second;
    std::vector<std::unique_ptr<net::AdvertSocket>> fresh;
    std::vector<Family> kept;
    for (const auto& [family, groups] : wanted.groups) {
        const bool serves = known != sockets_.end() && known->second.serves.groups.contains(family) &&
                            known->second.serves.groups.at(family) == groups;
        if (serves) {
            kept.push_back(family);
            continue;
        }
        auto opened = open_family(index, family, groups);
        if (!opened)
            return opened.error();
        fresh.push_back(std::move(*opened));
    }
    const bool owner_serves =
        known != sockets_.end() && known->second.serves.virtual_addresses == wanted.virtual_addresses;
    std::unique_ptr<net::OwnerSocket> owner;
    if (!owner_serves && !wanted.virtual_addresses.empty()) {
        auto opened = open_owner(index, wanted.virtual_addresses);
        if (!opened)
            return opened.error();
        owner = std::move(*opened);
    }
    if (known != sockets_.end() && (!owner_serves || kept.size() != known->second.sockets.size()))
        on_readable_();
    auto& open = sockets_[name];
    open.index = index;
    open.serves = wanted;
    std::erase_if(open.sockets, [&](const auto& socket) {
        return std::find(kept.begin(), kept.end(), socket->family()) == kept.end();
    });
    std::move(fresh.begin(), fresh.end(), std::back_inserter(open.sockets));
    if (!owner_serves)
        open.owner = std::move(owner);
    return {};
}

void AdvertSockets::close_others() {
    std::erase_if(sockets_, [&](const auto& open) { return !wants(open.first); });
}

Result<std::unique_ptr<net::AdvertSocket>, Error>
AdvertSockets::open_family(IfIndex index, Family family, const std::vector<IpAddress>& groups) {
    auto socket = net::AdvertSocket::open(io_.get_executor(), {index, vrrp::protocol_number, family, groups});
    if (socket)
        (*socket)->start(on_readable_);
    return socket;
}

Result<std::unique_ptr<net::OwnerSocket>, Error>
AdvertSockets::open_owner(IfIndex index, const std::vector<IpAddress>& virtual_addresses) {
    auto owner =
        net::OwnerSocket::open(io_.get_executor(), {index, vrrp::protocol_number, virtual_addresses});
    if (owner)
        (*owner)->start(on_readable_);
    return owner;
}

net::AdvertSocket* AdvertSockets::find(IfIndex index, Family family) {
    for (auto& [name, open] : sockets_)
        if (open.index == index)
            for (auto& socket : open.sockets)
                if (socket->family() == family)
                    return socket.get();
    return nullptr;
}

} // namespace baton::daemon
