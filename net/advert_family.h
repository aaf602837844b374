// What an advert socket does in one way for IPv4 and in another for IPv6 (ip(7), ipv6(7), RFC 3542).
//
// One table of functions for each family, in net/advert_v4.cpp and net/advert_v6.cpp. What both do alike is
// in net/advert_socket.cpp.
#pragma once

#include "base/address.h"
#include "base/datagram.h"
#include "net/ancillary.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <sys/socket.h>

namespace baton::net {

struct AdvertFamily {
    int domain;       ///< AF_INET or AF_INET6
    const char* name; ///< "IPv4"

    /// Sets what both directions need on a socket that is bound to the interface, and joins the groups there.
    /// False with errno(3).
    bool (*configure)(int fd, IfIndex interface, std::span<const IpAddress> groups);

    /// Why the interface cannot carry this family; nothing when it can.
    std::optional<std::string> (*obstacle)(IfIndex interface);

    /// Adds what makes a datagram leave from `source`, with `hop_limit` (1 to 255).
    void (*direct)(Ancillary& ancillary, IfIndex interface, const IpAddress& source, std::uint8_t hop_limit);

    /// A datagram as recvmsg(2) left it in `header` and `bytes`, where `source` is the peer. Its payload is
    /// empty when it is not whole.
    Datagram (*datagram)(IfIndex interface, const IpAddress& source, msghdr& header,
                         std::span<const std::uint8_t> bytes);
};

extern const AdvertFamily advert_v4;
extern const AdvertFamily advert_v6;

inline constexpr int class_cs6 = 0xc0; ///< network control (RFC 4594 section 3.1), as both headers have it

/// setsockopt(2).
[[nodiscard]] bool set_option(int fd, int level, int option, const auto& value) {
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

} // namespace baton::net
