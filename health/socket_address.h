// Addresses as socket calls want them, and the interface that a socket leaves by.
//
// A link-local address is another one on each interface, so it goes with the number of one (RFC 4007,
// ipv6(7)). socket(7), SO_BINDTODEVICE.
#pragma once

#include "base/address.h"

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace baton::health {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size{0};

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// `interface`: its name; empty: none.
[[nodiscard]] SocketAddress socket_address(const IpAddress& address, std::uint16_t port,
                                           const std::string& interface);

/// Whatever the routes say. False: errno tells why. Without a name it leaves as routed.
[[nodiscard]] bool leave_by(int socket, const std::string& interface);

/// The error's message; and which of the two settings it is about, when it says that this host has no such
/// address or interface: "No such device (interface eth7)".
[[nodiscard]] std::string describe_failure(const boost::system::error_code& failed,
                                           const std::optional<IpAddress>& source,
                                           const std::string& interface);

} // namespace baton::health
