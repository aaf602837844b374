#include "net/packet_filter.h"

#include "net/words.h"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <utility>

namespace baton::net {
namespace {

constexpr std::uint32_t whole_packet = 0xffffffff;

sock_filter skip_if(std::uint32_t value, std::uint8_t count) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, count, 0);
}

sock_filter skip_unless(std::uint32_t value, std::uint8_t count) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}

sock_filter answer(std::uint32_t octets) { return BPF_STMT(BPF_RET | BPF_K, octets); }

bool attach(int fd, Filter filter) {
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    const int one = 1;
    return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 &&
           ::setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) == 0;
}

bool bind_to(int fd, std::uint16_t ethertype, IfIndex interface) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ethertype);
    address.sll_ifindex = static_cast<int>(interface.value);
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::uint32_t last_word(const IpAddress& address) {
    const auto octets = address.bytes().last(4);
    return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 |
           octets[3];
}

} // namespace

sock_filter load(std::uint16_t width, std::uint32_t at) {
    return BPF_STMT(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | width), at);
}

void require(Filter& filter, std::uint32_t value) {
    filter.push_back(skip_if(value, 1));
    filter.push_back(answer(0));
}

void require_any_of(Filter& filter, std::span<const IpAddress> addresses) {
    if (filter.size() + 2 * addresses.size() + 1 > BPF_MAXINSNS) {
        filter.push_back(answer(whole_packet));
        return;
    }
    for (const auto& address : addresses) {
        filter.push_back(skip_unless(last_word(address), 1));
        filter.push_back(answer(whole_packet));
    }
    filter.push_back(answer(0));
}

Result<Descriptor, Error> open_filtered(const std::string& what, const FilteredSocket& wanted,
                                        Filter filter) {
    // Protocol 0: it hears nothing until it is bound, and then it has its filter.
    Descriptor socket(::socket(AF_PACKET, wanted.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || !attach(socket.get(), std::move(filter)) ||
        !bind_to(socket.get(), wanted.ethertype, wanted.interface))
        return cannot_open(what, errno);
    return socket;
}

} // namespace baton::net
