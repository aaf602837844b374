#include "health/ping_probe.h"

#include "health/echo_message.h"

#include <algorithm>
#include <cerrno>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>

namespace baton::health {
namespace {

using boost::system::error_code;
using Octets = std::span<const std::uint8_t>;

Echo any_echo() {
    std::random_device random;
    Echo echo{.identifier = static_cast<std::uint16_t>(random()),
              .sequence = static_cast<std::uint16_t>(random())};
    std::generate(echo.token.begin(), echo.token.end(), [&] { return static_cast<std::uint8_t>(random()); });
    return echo;
}

/// Of all that raw sockets get, only replies are to wake us; what came before this is passed over later.
bool want_replies_only(int socket, Family family) {
    if (family == Family::ipv4) {
        const icmp_filter others{~(1U << ICMP_ECHOREPLY)};
        return ::setsockopt(socket, SOL_RAW, ICMP_FILTER, &others, sizeof others) == 0;
    }
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    return ::setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) == 0;
}

/// The kernel gives each socket of this kind an identifier, which stands where UDP has its port.
std::uint16_t identifier_of(int socket) {
    sockaddr_in6 own{}; // sockaddr_in has it in the same place
    socklen_t size = sizeof own;
    (void)::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin6_port);
}

struct PingSocket {
    Result<Descriptor, error_code> socket;
    bool raw{false};
};

PingSocket open_socket(const DatagramTarget& target) {
    const auto family = target.address.family();
    const int protocol = family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    auto raw = open_datagram(SOCK_RAW, protocol, target);
    if (raw && !want_replies_only(raw->get(), family))
        return {error_code(errno, boost::system::system_category()), true};
    if (raw || raw.error() != boost::system::errc::operation_not_permitted)
        return {std::move(raw), true};
    return {open_datagram(SOCK_DGRAM, protocol, target), false};
}

} // namespace

std::unique_ptr<Probe> start_ping(boost::asio::io_context& loop, const PingCheck& settings, Done done) {
    const auto family = settings.address.family();
    const auto name = settings.address.to_string();
    const DatagramTarget target{
        .address = settings.address, .source = settings.source, .interface = settings.interface};
    auto [socket, raw] = open_socket(target);
    auto sent = any_echo();
    if (socket && !raw)
        sent.identifier = identifier_of(socket->get());
    const bool with_header = raw && family == Family::ipv4;
    const auto take = [sent, family, with_header](Octets datagram) -> std::optional<Finding> {
        const auto message = with_header ? payload_of_ipv4(datagram) : datagram;
        if (!message || decode_echo_reply(family, *message) != sent)
            return std::nullopt;
        return Finding{.ok = true, .detail = "answers"};
    };
    return start_exchange(loop,
                          {.socket = std::move(socket),
                           .target = target,
                           .message = encode_echo_request(family, sent),
                           .take = take,
                           .peer = name,
                           .late = "no answer from " + name},
                          std::move(done));
}

} // namespace baton::health
