#include "net/advert_socket.h"

#include "net/advert_family.h"
#include "net/socket_address.h"
#include "net/words.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <sys/socket.h>

namespace baton::net {

namespace {

// 1,000 routers that all speak at once, twice: an advert takes about 1 kB as the kernel counts. The system
// may grant less (net.core.rmem_max).
constexpr int receive_buffer = 2 << 20;

constexpr int queue_priority = 6; // the most urgent that needs no CAP_NET_ADMIN (socket(7))

constexpr int read_attempts = 8;

const AdvertFamily& family_of(Family family) { return family == Family::ipv4 ? advert_v4 : advert_v6; }

// By number (SO_BINDTOIFINDEX): a name could have gone to another interface meanwhile.
bool bind_to(int fd, IfIndex interface) {
    return set_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, static_cast<int>(interface.value));
}

bool configure(int fd, const AdvertFamily& family, const AdvertSocket::Settings& settings) {
    return set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer) &&
           family.configure(fd, settings.interface, settings.groups) &&
           set_option(fd, SOL_SOCKET, SO_PRIORITY, queue_priority); // after IP_TOS, which sets it too
}

std::string name_of(const AdvertFamily& family, IfIndex interface) {
    return std::string("the ") + family.name + " advert socket on " + interface_name(interface);
}

// To a group the way is the interface itself, so that little can be wrong; to a peer it is any route.
std::string words_of(int code, const IpAddress& destination) {
    switch (code) {
    case EPERM:
        return error_text(code) + "; does this host's firewall drop it on the way out?";
    case EINVAL: // what IPv6 and older kernels say to a strange source
    case EADDRNOTAVAIL:
    case ENETUNREACH:
        if (!destination.is_multicast())
            return error_text(code);
        return error_text(code) + "; the link is down, or the source is not its address" +
               (destination.family() == Family::ipv6 ? " or still under duplicate address detection" : "");
    case EAGAIN:
    case ENOBUFS:
        return "the send queue is full";
    default:
        return error_text(code);
    }
}

} // namespace

AdvertSocket::AdvertSocket(const boost::asio::any_io_executor& executor, int fd, const Settings& settings)
    : socket_(executor, fd), ip_(settings.family), family_(family_of(settings.family)),
      interface_(settings.interface), groups_(settings.groups) {}

Result<std::unique_ptr<AdvertSocket>, Error> AdvertSocket::open(const boost::asio::any_io_executor& executor,
                                                                const Settings& settings) {
    assert(std::all_of(settings.groups.begin(), settings.groups.end(),
                       [&](const IpAddress& group) { return group.family() == settings.family; }));
    const AdvertFamily& family = family_of(settings.family);
    const std::string what = name_of(family, settings.interface);
    const int fd = ::socket(family.domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, settings.protocol);
    if (fd < 0)
        return cannot_open(what, errno);
    std::unique_ptr<AdvertSocket> socket(new AdvertSocket(executor, fd, settings));
    // Before it joins, so that no advert of another interface slips in between.
    if (!bind_to(fd, settings.interface))
        return cannot_open(what, errno);
    if (auto in_the_way = obstacle(settings.interface, settings.family))
        return std::move(*in_the_way);
    if (!configure(fd, family, settings))
        return cannot_open(what, errno);
    return socket;
}

std::optional<Error> AdvertSocket::obstacle(IfIndex interface, Family family) {
    const AdvertFamily& asked = family_of(family);
    const auto why = asked.obstacle(interface);
    return why ? std::optional(Error{"cannot open " + name_of(asked, interface) + ": " + *why})
               : std::nullopt;
}

std::optional<Datagram> AdvertSocket::receive() {
    // A failed read clears the error it tells of (the link went down, say): what waits behind it is read too.
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
        SocketAddress from;
        Ancillary ancillary;
        iovec piece{buffer_.data(), buffer_.size()};
        msghdr header{};
        header.msg_iov = &piece;
        header.msg_iovlen = 1;
        from.attach_to(header);
        ancillary.lend_to(header);
        const ssize_t size = ::recvmsg(socket_.fd(), &header, 0);
        if (size < 0 && errno == EAGAIN)
            return std::nullopt;
        if (size < 0)
            continue;
        const auto bytes = std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size));
        return family_.datagram(interface_, from.address(), header, bytes);
    }
    return std::nullopt;
}

// In IPv6 the kernel hands over other programs' groups too (net/advert_v6.cpp).
bool AdvertSocket::is_for_us(const IpAddress& destination) const {
    return !destination.is_multicast() ||
           std::find(groups_.begin(), groups_.end(), destination) != groups_.end();
}

// The source goes with each datagram: a socket bound to an address would not hear the group.
Result<void, Error> AdvertSocket::send(const IpAddress& source, const IpAddress& destination,
                                       std::span<const std::uint8_t> payload, std::uint8_t hop_limit) {
    assert(source.family() == destination.family() && hop_limit > 0);
    SocketAddress to(destination);
    Ancillary ancillary;
    family_.direct(ancillary, interface_, source, hop_limit);
    iovec piece{const_cast<std::uint8_t*>(payload.data()), payload.size()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    to.attach_to(header);
    ancillary.attach_to(header);
    while (::sendmsg(socket_.fd(), &header, MSG_NOSIGNAL) < 0)
        if (const int code = errno; code != EINTR)
            return Error{"advert from " + source.to_string() + " to " + destination.to_string() + " on " +
                         interface_name(interface_) + ": " + words_of(code, destination)};
    return {};
}

} // namespace baton::net
