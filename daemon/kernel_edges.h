// The executor's four calls, made on the real edges: netlink for addresses, raw sockets for adverts and ARP.
#pragma once

#include "daemon/advert_sockets.h"
#include "daemon/edges.h"
#include "net/announcer.h"
#include "netlink/addresses.h"
#include "netlink/monitor.h"

namespace baton::daemon {

class KernelEdges final : public Edges {
public:
    /// All must outlive this.
    KernelEdges(netlink::Socket& requests, const netlink::Monitor& monitor, AdvertSockets& sockets,
                net::Announcer& announcer)
        : addresses_(requests), monitor_(monitor), sockets_(sockets), announcer_(announcer) {}

    [[nodiscard]] Result<void, Error> send(const vrrp::SendAdvert& effect,
                                           std::span<const std::uint8_t> message) override;
    [[nodiscard]] Result<void, Error> hold(const vrrp::HoldAddresses& effect) override;
    [[nodiscard]] Result<void, Error> release(const vrrp::ReleaseAddresses& effect) override;
    [[nodiscard]] Result<void, Error> announce(const vrrp::Announce& effect) override;

private:
    netlink::Addresses addresses_;
    const netlink::Monitor& monitor_;
    AdvertSockets& sockets_;
    net::Announcer& announcer_;
};

} // namespace baton::daemon
