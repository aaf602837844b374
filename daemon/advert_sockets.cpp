#include "daemon/advert_sockets.h"

#include "vrrp/advert.h"

#include <algorithm>

namespace baton::daemon {

Result<void, Error> AdvertSockets::open(const std::string& name, IfIndex index,
                                        std::vector<IpAddress> virtual_addresses) {
    const auto known = sockets_.find(name);
    if (known != sockets_.end() && known->second.index == index)
        return {};
    sockets_.erase(name);
    const auto executor = io_.get_executor();
    auto socket = net::AdvertSocket::open(
        executor, {index, vrrp::protocol_number, Family::ipv4, {vrrp::multicast_group_v4}});
    if (!socket)
        return socket.error();
    auto owner =
        net::OwnerSocket::open(executor, {index, vrrp::protocol_number, std::move(virtual_addresses)});
    if (!owner)
        return owner.error();
    (*socket)->start(on_readable_);
    (*owner)->start(on_readable_);
    sockets_.emplace(name, Open{index, std::move(*socket), std::move(*owner)});
    return {};
}

net::AdvertSocket* AdvertSockets::find(IfIndex index) {
    const auto found = std::find_if(sockets_.begin(), sockets_.end(),
                                    [&](const auto& entry) { return entry.second.index == index; });
    return found == sockets_.end() ? nullptr : found->second.socket.get();
}

} // namespace baton::daemon
