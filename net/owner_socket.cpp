#include "net/owner_socket.h"

#include "net/ipv4_header.h"
#include "net/packet_filter.h"
#include "net/words.h"

#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace baton::net {
namespace {

// Where the two fields stand in the IPv4 header (RFC 791 section 3.1).
constexpr std::uint32_t ip_protocol_at = 9;
constexpr std::uint32_t ip_source_at = 12;

constexpr int read_attempts = 8;

Filter filter_for(const OwnerSocket::Settings& settings) {
    Filter filter{load(BPF_B, ip_protocol_at)};
    require(filter, settings.protocol);
    filter.push_back(load(BPF_W, ip_source_at));
    require_any_of(filter, settings.sources);
    return filter;
}

} // namespace

Result<std::unique_ptr<OwnerSocket>, Error> OwnerSocket::open(const boost::asio::any_io_executor& executor,
                                                              const Settings& settings) {
    auto socket = open_filtered("the socket for adverts of an owner on " + interface_name(settings.interface),
                                {SOCK_DGRAM, ETH_P_IP, settings.interface}, filter_for(settings));
    if (!socket)
        return socket.error();
    return std::unique_ptr<OwnerSocket>(new OwnerSocket(executor, socket->release(), settings.interface));
}

std::optional<Datagram> OwnerSocket::receive() {
    // A failed read clears the error it tells of (the link went down, say): what waits behind it is read too.
    for (int attempt = 0; attempt < read_attempts;) {
        sockaddr_ll from{};
        socklen_t length = sizeof from;
        const ssize_t size = ::recvfrom(socket_.fd(), buffer_.data(), buffer_.size(), 0,
                                        reinterpret_cast<sockaddr*>(&from), &length);
        if (size < 0 && errno == EAGAIN)
            return std::nullopt;
        if (size < 0) {
            ++attempt;
            continue;
        }
        if (from.sll_pkttype == PACKET_OTHERHOST) // seen only because somebody listens to everything
            continue;
        if (IfIndex(static_cast<unsigned>(from.sll_ifindex)) !=
            interface_) // a VLAN, or another above this one
            continue;
        const auto bytes = std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size));
        if (const auto datagram = parse_ipv4(interface_, bytes))
            return datagram;
    }
    return std::nullopt;
}

} // namespace baton::net
