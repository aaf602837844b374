// Is an address there? One echo request, and its reply (ping).
//
// Needs CAP_NET_RAW (raw(7)), or a group that net.ipv4.ping_group_range allows (icmp(7)). Answers that are
// not of this run are passed over.
#pragma once

#include "health/datagram_probe.h"

namespace baton::health {

struct PingSettings {
    IpAddress address{};
    std::optional<IpAddress> source{}; ///< of this host; else the kernel chooses
    std::string interface {};          ///< to leave by; link-local addresses need it. Empty: as routed

    friend bool operator==(const PingSettings&, const PingSettings&) = default;
};

/// A run begins: sends an echo request, and is good at its reply.
[[nodiscard]] std::unique_ptr<Probe> start_ping(boost::asio::io_context& loop, const PingSettings& settings,
                                                Done done);

} // namespace baton::health
