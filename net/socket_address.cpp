#include "net/socket_address.h"

#include <cassert>
#include <cstring>

namespace baton::net {

in_addr to_in_addr(const IpAddress& address) {
    assert(address.family() == Family::ipv4);
    in_addr in{};
    std::memcpy(&in, address.bytes().data(), sizeof in);
    return in;
}

in6_addr to_in6_addr(const IpAddress& address) {
    assert(address.family() == Family::ipv6);
    in6_addr in{};
    std::memcpy(&in, address.bytes().data(), sizeof in);
    return in;
}

IpAddress to_address(const in6_addr& address) { return IpAddress::from_bytes(Family::ipv6, address.s6_addr); }

SocketAddress::SocketAddress(const IpAddress& address) {
    if (address.family() == Family::ipv4) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr = to_in_addr(address);
        std::memcpy(&storage_, &to, length_ = sizeof to);
    } else {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_addr = to_in6_addr(address);
        std::memcpy(&storage_, &to, length_ = sizeof to);
    }
}

IpAddress SocketAddress::address() const {
    if (storage_.ss_family == AF_INET6) {
        sockaddr_in6 from{};
        std::memcpy(&from, &storage_, sizeof from);
        return to_address(from.sin6_addr);
    }
    if (storage_.ss_family != AF_INET)
        return {};
    sockaddr_in from{};
    std::memcpy(&from, &storage_, sizeof from);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &from.sin_addr, octets.size());
    return IpAddress::from_bytes(Family::ipv4, octets);
}

} // namespace baton::net
