#include "net/claim_socket.h"

#include "net/packet_filter.h"
#include "net/words.h"

#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace baton::net {
namespace {

// Where the fields stand in a frame (RFC 826; RFC 8200 section 3; RFC 4861 section 4.4).
constexpr std::uint32_t arp_sender_address_at = 28;
constexpr std::uint32_t next_header_at = 20;
constexpr std::uint32_t icmp_type_at = 54;
constexpr std::uint32_t target_end_at = 74;

constexpr std::uint32_t icmpv6 = 58;
constexpr std::uint32_t neighbor_advertisement = 136;

Filter filter_for(const ClaimSocket::Settings& settings) {
    Filter filter;
    if (settings.family == Family::ipv6) {
        filter.push_back(load(BPF_B, next_header_at));
        require(filter, icmpv6);
        filter.push_back(load(BPF_B, icmp_type_at));
        require(filter, neighbor_advertisement);
    }
    filter.push_back(load(BPF_W, settings.family == Family::ipv4 ? arp_sender_address_at : target_end_at));
    require_any_of(filter, settings.addresses);
    return filter;
}

} // namespace

Result<std::unique_ptr<ClaimSocket>, Error> ClaimSocket::open(const boost::asio::any_io_executor& executor,
                                                              const Settings& settings) {
    const bool ipv4 = settings.family == Family::ipv4;
    auto socket = open_filtered(
        std::string("the socket that hears ") + (ipv4 ? "ARP" : "Neighbor Advertisements") + " on " +
            interface_name(settings.interface),
        {SOCK_RAW, static_cast<std::uint16_t>(ipv4 ? ETH_P_ARP : ETH_P_IPV6), settings.interface},
        filter_for(settings));
    if (!socket)
        return socket.error();
    return std::unique_ptr<ClaimSocket>(new ClaimSocket(executor, socket->release()));
}

ClaimSocket::Frame ClaimSocket::read() {
    // A failed read clears the error it tells of (the link went down, say); a link tells of a few at most.
    for (int attempt = 0; attempt < 8; ++attempt) {
        sockaddr_ll from{};
        socklen_t length = sizeof from;
        const ssize_t size = ::recvfrom(socket_.fd(), buffer_.data(), buffer_.size(), 0,
                                        reinterpret_cast<sockaddr*>(&from), &length);
        if (size > 0)
            return {std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size)),
                    IfIndex(static_cast<unsigned>(from.sll_ifindex)), from.sll_pkttype != PACKET_OTHERHOST};
        if (size < 0 && errno == EAGAIN)
            break;
    }
    return {};
}

} // namespace baton::net
