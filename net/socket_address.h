// Addresses as the socket calls want them, and back (ip(7), ipv6(7)).
#pragma once

#include "base/address.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace baton::net {

/// `address` is IPv4.
[[nodiscard]] in_addr to_in_addr(const IpAddress& address);

/// `address` is IPv6.
[[nodiscard]] in6_addr to_in6_addr(const IpAddress& address);

[[nodiscard]] IpAddress to_address(const in6_addr& address);

/// An address of either family as one datagram's peer, without port and zone.
class SocketAddress {
public:
    /// Room for the kernel to fill.
    SocketAddress() = default;
    explicit SocketAddress(const IpAddress& address);

    void attach_to(msghdr& header) {
        header.msg_name = &storage_;
        header.msg_namelen = length_;
    }

    /// 0.0.0.0 while it holds neither IPv4 nor IPv6.
    [[nodiscard]] IpAddress address() const;

private:
    sockaddr_storage storage_{};
    socklen_t length_{sizeof storage_};
};

} // namespace baton::net
