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

Result<void, Error> AdvertSockets::open(const std::string& name, IfIndex index) {
    auto& open = sockets_[name];
    if (open.index != index)
        open = Open{index, {}, {}, nullptr};
    const auto found = wanted_.find(name);
    const auto wanted = found == wanted_.end() ? Wanted{} : found->second;
    auto opened = open_families(open, wanted.groups);
    if (opened && wanted.virtual_addresses != open.serves.virtual_addresses)
        opened = renew_owner(open, wanted.virtual_addresses);
    if (!opened && open.sockets.empty())
        sockets_.erase(name);
    return opened;
}

/// The new ones are there before the old ones go, so that no advert falls in between.
Result<void, Error> AdvertSockets::open_families(Open& open, const Groups& wanted) {
    std::vector<std::unique_ptr<net::AdvertSocket>> fresh;
    const auto serves = [&](Family family) {
        const auto now = open.serves.groups.find(family);
        const auto then = wanted.find(family);
        return now != open.serves.groups.end() && then != wanted.end() && now->second == then->second;
    };
    for (const auto& [family, groups] : wanted) {
        if (serves(family))
            continue;
        auto socket =
            net::AdvertSocket::open(io_.get_executor(), {open.index, vrrp::protocol_number, family, groups});
        if (!socket)
            return socket.error();
        (*socket)->start(on_readable_);
        fresh.push_back(std::move(*socket));
    }
    if (open.serves.groups != wanted && !open.sockets.empty())
        on_readable_();
    std::erase_if(open.sockets, [&](const auto& socket) { return !serves(socket->family()); });
    std::move(fresh.begin(), fresh.end(), std::back_inserter(open.sockets));
    open.serves.groups = wanted;
    return {};
}

Result<void, Error> AdvertSockets::renew_owner(Open& open, const std::vector<IpAddress>& virtual_addresses) {
    std::unique_ptr<net::OwnerSocket> fresh;
    if (!virtual_addresses.empty()) {
        auto owner = net::OwnerSocket::open(io_.get_executor(),
                                            {open.index, vrrp::protocol_number, virtual_addresses});
        if (!owner)
            return owner.error();
        (*owner)->start(on_readable_);
        fresh = std::move(*owner);
    }
    if (open.owner)
        on_readable_();
    open.owner = std::move(fresh);
    open.serves.virtual_addresses = virtual_addresses;
    return {};
}

void AdvertSockets::close_others() {
    std::erase_if(sockets_, [&](const auto& open) { return !wants(open.first); });
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
