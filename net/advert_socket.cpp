#include "net/advert_socket.h"

#include "net/ipv4_header.h"
#include "net/words.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace baton::net {

namespace {

// 1,000 routers that all speak at once, twice: an advert takes about 1 kB as the kernel counts. The system
// may grant less (net.core.rmem_max).
constexpr int receive_buffer = 2 << 20;

constexpr int time_to_live = 255; // RFC 9568 section 5.1.1.3
constexpr int class_cs6 = 0xc0;   // network control
constexpr int queue_priority = 6; // the most urgent that needs no CAP_NET_ADMIN (socket(7))

constexpr int read_attempts = 8;

in_addr to_in_addr(const IpAddress& address) {
    in_addr in{};
    std::memcpy(&in, address.bytes().data(), sizeof in);
    return in;
}

sockaddr_in to_sockaddr(const IpAddress& address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr = to_in_addr(address);
    return to;
}

IpAddress to_address(const sockaddr_in& from) {
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &from.sin_addr, octets.size());
    return IpAddress::from_bytes(Family::ipv4, octets);
}

bool set(int fd, int level, int option, const auto& value) {
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// Bound to the interface before it joins, so that no advert of another interface slips in between.
// Bound by number (SO_BINDTOIFINDEX): a name could have gone to another interface meanwhile.
bool configure(int fd, const AdvertSocket::Settings& settings) {
    const int index = static_cast<int>(settings.interface.value);
    ip_mreqn membership{};
    membership.imr_multiaddr = to_in_addr(settings.group);
    membership.imr_ifindex = index;
    return set(fd, SOL_SOCKET, SO_BINDTOIFINDEX, index) && set(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) && // only the group that this socket joined
           set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) && set(fd, IPPROTO_IP, IP_MULTICAST_IF, membership) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_TTL, time_to_live) &&
           set(fd, IPPROTO_IP, IP_TTL, time_to_live) && //
           set(fd, IPPROTO_IP, IP_TOS, class_cs6) &&
           set(fd, SOL_SOCKET, SO_PRIORITY, queue_priority) && // after IP_TOS, which sets it too
           set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
}

std::string words_of(int code) {
    switch (code) {
    case EPERM:
        return error_text(code) + "; does this host's firewall drop it on the way out?";
    case EINVAL: // what older kernels say to a strange source
    case ENETUNREACH:
        return error_text(code) + "; the link is down, or the source is not its address";
    case EAGAIN:
    case ENOBUFS:
        return "the send queue is full";
    default:
        return error_text(code);
    }
}

} // namespace

Result<std::unique_ptr<AdvertSocket>, Error> AdvertSocket::open(const boost::asio::any_io_executor& executor,
                                                                const Settings& settings) {
    const std::string what = "the advert socket on " + interface_name(settings.interface);
    const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, settings.protocol);
    if (fd < 0)
        return cannot_open(what, errno);
    std::unique_ptr<AdvertSocket> socket(new AdvertSocket(executor, fd, settings.interface));
    if (!configure(fd, settings))
        return cannot_open(what, errno);
    return socket;
}

std::optional<Datagram> AdvertSocket::receive() {
    // A failed read clears the error it tells of (the link went down, say): what waits behind it is read too.
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const ssize_t size = ::recvfrom(socket_.fd(), buffer_.data(), buffer_.size(), 0,
                                        reinterpret_cast<sockaddr*>(&from), &length);
        if (size < 0 && errno == EAGAIN)
            return std::nullopt;
        if (size < 0)
            continue;
        const auto bytes = std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size));
        if (const auto datagram = parse_ipv4(interface_, bytes))
            return *datagram;
        return Datagram{interface_, to_address(from), IpAddress(), 0, {}};
    }
    return std::nullopt;
}

// The source goes with each datagram (IP_PKTINFO): a socket bound to an address would not hear the group.
Result<void, Error> AdvertSocket::send(const IpAddress& source, const IpAddress& destination,
                                       std::span<const std::uint8_t> payload) {
    sockaddr_in to = to_sockaddr(destination);
    iovec piece{const_cast<std::uint8_t*>(payload.data()), payload.size()};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> control{};
    msghdr header{};
    header.msg_name = &to;
    header.msg_namelen = sizeof to;
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = IPPROTO_IP;
    item->cmsg_type = IP_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(interface_.value);
    info.ipi_spec_dst = to_in_addr(source);
    std::memcpy(CMSG_DATA(item), &info, sizeof info);
    while (::sendmsg(socket_.fd(), &header, MSG_NOSIGNAL) < 0)
        if (const int code = errno; code != EINTR)
            return Error{"advert from " + source.to_string() + " on " + interface_name(interface_) + ": " +
                         words_of(code)};
    return {};
}

} // namespace baton::net
