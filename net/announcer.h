// Tells a link's neighbours who has an address now (packet(7)): by gratuitous ARP for IPv4, by an unsolicited
// Neighbor Advertisement for IPv6.
//
// One socket for all interfaces and both families; it only sends. Never blocks, never repeats and never
// waits: how often an address is announced, and when, is the protocol's decision. Announce only what the
// kernel holds already.
#pragma once

#include "base/address.h"
#include "base/announce_form.h"
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

    /// `mac` is where the addresses are from now on, `form` how IPv4 ones are announced. Tries every address,
    /// whatever became of the one before; no failure means all frames are with the kernel. RFC 9568 sections
    /// 6.4.1 and 6.4.2.
    [[nodiscard]] std::vector<AnnounceFailure> announce(IfIndex interface, const MacAddress& mac,
                                                        std::span<const Prefix> addresses, AnnounceForm form);

private:
    explicit Announcer(boost::asio::posix::stream_descriptor socket) : socket_(std::move(socket)) {}

    // errno(3), or 0.
    [[nodiscard]] int announce_v4(IfIndex interface, const MacAddress& mac, const IpAddress& address,
                                  AnnounceForm form);
    [[nodiscard]] int send(IfIndex interface, std::uint16_t ethertype, std::span<const std::uint8_t> frame);

    boost::asio::posix::stream_descriptor socket_;
};

} // namespace baton::net
