// Is an address there? One echo request, and its reply (ping).
//
// Needs CAP_NET_RAW (raw(7)), or a group that net.ipv4.ping_group_range allows (icmp(7)). Answers that are
// not of this run are passed over.
#pragma once

#include "health/datagram_probe.h"
#include "health/settings.h"

namespace baton::health {

/// A run begins: sends an echo request, and is good at its reply.
[[nodiscard]] std::unique_ptr<Probe> start_ping(boost::asio::io_context& loop, const PingCheck& settings,
                                                Done done);

} // namespace baton::health
