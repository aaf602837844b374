#include "net/owner_socket.h"

#include "net/ipv4_header.h"
#include "net/words.h"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace baton::net {
namespace {

// Where the two fields stand in the IPv4 header (RFC 791 section 3.1).
constexpr std::uint32_t protocol_at = 9;
constexpr std::uint32_t source_at = 12;

constexpr std::uint32_t whole_packet = 0xffffffff;
constexpr std::size_t most_sources = (BPF_MAXINSNS - 4) / 2;

constexpr int read_attempts = 8;

using Filter = std::vector<sock_filter>;

sock_filter load(std::uint16_t width, std::uint32_t at) {
    return BPF_STMT(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | width), at);
}

sock_filter skip_if(std::uint32_t value, std::uint8_t count) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, count, 0);
}

sock_filter skip_unless(std::uint32_t value, std::uint8_t count) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}

sock_filter answer(std::uint32_t octets) { return BPF_STMT(BPF_RET | BPF_K, octets); }

std::uint32_t as_number(const IpAddress& address) {
    const auto octets = address.bytes();
    return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 |
           octets[3];
}

// A classic BPF program (the kernel's Documentation/networking/filter.rst): protocol, then each source in
// turn. Beyond what one program may hold, every source is let through; who receives must look anyway.
Filter filter_for(const OwnerSocket::Settings& settings) {
    Filter filter{load(BPF_B, protocol_at), skip_if(settings.protocol, 1), answer(0), load(BPF_W, source_at)};
    if (settings.sources.size() > most_sources) {
        filter.push_back(answer(whole_packet));
        return filter;
    }
    for (const auto& source : settings.sources) {
        filter.push_back(skip_unless(as_number(source), 1));
        filter.push_back(answer(whole_packet));
    }
    filter.push_back(answer(0));
    return filter;
}

bool attach(int fd, Filter filter) {
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    const int one = 1;
    return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 &&
           ::setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) == 0;
}

bool bind_to(int fd, IfIndex interface) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(interface.value);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

Result<std::unique_ptr<OwnerSocket>, Error> OwnerSocket::open(const boost::asio::any_io_executor& executor,
                                                              const Settings& settings) {
    const std::string what = "the socket for adverts of an owner on " + interface_name(settings.interface);
    // Protocol 0: it hears nothing until it is bound, and then it has its filter.
    const int fd = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return cannot_open(what, errno);
    std::unique_ptr<OwnerSocket> socket(new OwnerSocket(executor, fd, settings.interface));
    if (!attach(fd, filter_for(settings)) || !bind_to(fd, settings.interface))
        return cannot_open(what, errno);
    return socket;
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
        const auto bytes = std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size));
        if (const auto datagram = parse_ipv4(interface_, bytes))
            return datagram;
    }
    return std::nullopt;
}

} // namespace baton::net
