// The executor's calls, made on the real edges: netlink for addresses and routes, raw sockets for adverts and
// ARP.
#pragma once

#include "daemon/advert_sockets.h"
#include "daemon/edges.h"
#include "daemon/kernel_parts.h"
#include "daemon/kernel_routes.h"
#include "daemon/leases.h"
#include "daemon/virtual_macs.h"
#include "netlink/addresses.h"
#include "netlink/monitor.h"
#include "vrrp/node.h"

#include <vector>

namespace baton::daemon {

class KernelEdges final : public Edges {
public:
    /// All must outlive this.
    KernelEdges(KernelParts& kernel, const netlink::Monitor& monitor, AdvertSockets& sockets,
                VirtualMacs& macs)
        : kernel_(kernel), addresses_(kernel.requests),
          leases_(host_, addresses_,
                  [this](IfIndex interface, const Prefix& prefix) { return is_ours(interface, prefix); }),
          routes_(kernel.requests), monitor_(monitor), sockets_(sockets), macs_(macs) {}

    KernelEdges(const KernelEdges&) = delete; // parts of it refer to others
    KernelEdges& operator=(const KernelEdges&) = delete;

    /// What the host does for which instance: to be called when the node's occupants may be others. Who
    /// leaves keeps its own to the end.
    void assign(const vrrp::Node& node, const config::Config& config);

    [[nodiscard]] Result<void, Error> send(const vrrp::SendAdvert& effect,
                                           std::span<const std::uint8_t> message) override;
    [[nodiscard]] Result<void, Error> hold(const vrrp::HoldAddresses& effect) override;
    [[nodiscard]] Result<void, Error> release(const vrrp::ReleaseAddresses& effect) override;
    [[nodiscard]] Result<std::size_t, Error> hold_routes(vrrp::InstanceId instance) override;
    [[nodiscard]] Result<void, Error> release_routes(vrrp::InstanceId instance) override;
    [[nodiscard]] Result<void, Error> announce(const vrrp::Announce& effect) override;

    /// What the host does for an instance: as configured when it was last assigned.
    [[nodiscard]] const config::HostSettings& host(vrrp::InstanceId instance) const {
        return host_[instance.value];
    }

    /// Of the addresses that are held through this.
    [[nodiscard]] Leases& leases() { return leases_; }

private:
    [[nodiscard]] Result<void, Error> send_frame(const vrrp::SendAdvert& effect,
                                                 std::span<const std::uint8_t> message);

    [[nodiscard]] bool is_ours(IfIndex interface, const Prefix& prefix) const;
    std::vector<config::HostSettings> host_; ///< by InstanceId
    KernelParts& kernel_;
    netlink::Addresses addresses_;
    Leases leases_;
    KernelRoutes routes_;
    const netlink::Monitor& monitor_;
    AdvertSockets& sockets_;
    VirtualMacs& macs_;
};

} // namespace baton::daemon
