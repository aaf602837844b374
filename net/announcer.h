// Tells a link's neighbours who has an address now: one gratuitous ARP an address and call (packet(7)).
//
// One socket for all interfaces; it only sends. Never blocks, never repeats and never waits: how often an
// address is announced, and when, is the protocol's decision. Announce only what the kernel holds already.
#pragma once

#include "base/address.h"
#include "base/result.h"
#include "base/strong.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <span>
#include <string>
#include <vector>

namespace baton::net {

/// One address that could not be announced.
struct AnnounceFailure {
    IpAddress address;
    std::string text; ///< "announcing 10.0.1.100 on eth0: Network is down"
};

/// All of them in one line.
[[nodiscard]] std::string describe(std::span<const AnnounceFailure> failures);

class Announcer {
public:
    /// The executor only closes the socket with it; nothing is ever awaited.
    [[nodiscard]] static Result<Announcer, Error> open(const boost::asio::any_io_executor& executor);

    /// `mac` is the interface's. Tries every address, whatever became of the one before; no failure means all
    /// frames are with the kernel.
    [[nodiscard]] std::vector<AnnounceFailure> announce(IfIndex interface, const MacAddress& mac,
                                                        std::span<const Prefix> addresses);

private:
    explicit Announcer(boost::asio::posix::stream_descriptor socket) : socket_(std::move(socket)) {}

    /// errno(3), or 0.
    [[nodiscard]] int send(IfIndex interface, const MacAddress& mac, const IpAddress& address);

    boost::asio::posix::stream_descriptor socket_;
};

} // namespace baton::net
