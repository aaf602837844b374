// One datagram out, and what comes back until it is decided: what checks over ICMP and UDP have in common.
//
// The socket is connected, so the kernel passes on what comes from the peer alone, and what it knows of a
// peer that cannot be reached (ip(7), IP_RECVERR). Sends once: a lost datagram is a failed run, and how many
// of these count is the core's. Never blocks, and reads but so much at a time, however much comes.
#pragma once

#include "base/address.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "health/probe.h"

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace baton::health {

struct DatagramTarget {
    IpAddress address{};
    std::uint16_t port{0};
    std::optional<IpAddress> source{}; ///< of this host; else the kernel chooses
    std::string interface {};          ///< to leave by; link-local addresses need it. Empty: as routed

    friend bool operator==(const DatagramTarget&, const DatagramTarget&) = default;
};

/// A socket of socket(2)'s type and protocol, connected to the target; does not block.
[[nodiscard]] Result<Descriptor, boost::system::error_code> open_datagram(int type, int protocol,
                                                                          const DatagramTarget& target);

struct Exchange {
    Result<Descriptor, boost::system::error_code> socket; ///< connected; its error becomes the finding
    DatagramTarget target{};                              ///< to which it is
    std::vector<std::uint8_t> message{};
    /// Looks at what came. Nothing: this is not what was waited for.
    std::function<std::optional<Finding>(std::span<const std::uint8_t>)> take{};
    std::string peer{}; ///< for messages
    std::string late{}; ///< what Probe::late() says
};

[[nodiscard]] std::unique_ptr<Probe> start_exchange(boost::asio::io_context& loop, Exchange exchange,
                                                    Done done);

} // namespace baton::health
