#include "daemon/advert_sockets.h"

#include "vrrp/advert.h"

#include <algorithm>

namespace baton::daemon {
namespace {

/// The instances of one interface and family.
std::vector<const vrrp::InstanceSettings*> instances_on(const vrrp::Settings& settings,
                                                        const std::string& interface, Family family) {
    std::vector<const vrrp::InstanceSettings*> found;
    for (const auto& instance : settings.instances)
        if (instance.interface == interface && instance.family() == family)
            found.push_back(&instance);
    return found;
}

} // namespace

Result<void, Error> AdvertSockets::open(const std::string& name, IfIndex index) {
    const auto known = sockets_.find(name);
    if (known != sockets_.end() && known->second.index == index)
        return {};
    sockets_.erase(name);
    Open open{index, {}, nullptr};
    for (const auto family : {Family::ipv4, Family::ipv6})
        if (auto opened = open_family(name, family, open); !opened)
            return opened;
    if (auto opened = open_owner(name, open); !opened)
        return opened;
    sockets_.emplace(name, std::move(open));
    return {};
}

Result<void, Error> AdvertSockets::open_family(const std::string& name, Family family, Open& open) {
    const auto instances = instances_on(settings_, name, family);
    if (instances.empty())
        return {};
    std::vector<IpAddress> groups;
    for (const auto* instance : instances) {
        const auto group = instance->group.value_or(vrrp::multicast_group(family));
        const bool joined = std::find(groups.begin(), groups.end(), group) != groups.end();
        if (instance->unicast.peers.empty() && !joined)
            groups.push_back(group);
    }
    auto socket = net::AdvertSocket::open(io_.get_executor(),
                                          {open.index, vrrp::protocol_number, family, std::move(groups)});
    if (!socket)
        return socket.error();
    (*socket)->start(on_readable_);
    open.sockets.push_back(std::move(*socket));
    return {};
}

Result<void, Error> AdvertSockets::open_owner(const std::string& name, Open& open) {
    std::vector<IpAddress> virtual_addresses;
    for (const auto* instance : instances_on(settings_, name, Family::ipv4))
        for (const auto& prefix : instance->addresses)
            virtual_addresses.push_back(prefix.address);
    if (virtual_addresses.empty())
        return {};
    auto owner = net::OwnerSocket::open(io_.get_executor(),
                                        {open.index, vrrp::protocol_number, std::move(virtual_addresses)});
    if (!owner)
        return owner.error();
    (*owner)->start(on_readable_);
    open.owner = std::move(*owner);
    return {};
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
