#include "health/socket_address.h"

#include <cstring>
#include <net/if.h>
#include <netinet/in.h>

namespace baton::health {
namespace {

template <class Sockaddr>
SocketAddress stored(const Sockaddr& address) {
    SocketAddress stored{.size = sizeof address};
    std::memcpy(&stored.storage, &address, sizeof address);
    return stored;
}

} // namespace

SocketAddress socket_address(const IpAddress& address, std::uint16_t port, const std::string& interface) {
    if (address.family() == Family::ipv4) {
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        std::memcpy(&four.sin_addr, address.bytes().data(), sizeof four.sin_addr);
        return stored(four);
    }
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    six.sin6_scope_id =
        address.is_link_local() && !interface.empty() ? ::if_nametoindex(interface.c_str()) : 0;
    std::memcpy(&six.sin6_addr, address.bytes().data(), sizeof six.sin6_addr);
    return stored(six);
}

bool leave_by(int socket, const std::string& interface) {
    return interface.empty() || ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                                             static_cast<socklen_t>(interface.size())) == 0;
}

std::string describe_failure(const boost::system::error_code& failed, const std::optional<IpAddress>& source,
                             const std::string& interface) {
    if (failed == boost::system::errc::address_not_available && source)
        return failed.message() + " (source_address " + source->to_string() + ")";
    if (failed == boost::system::errc::no_such_device && !interface.empty())
        return failed.message() + " (interface " + interface + ")";
    return failed.message();
}

} // namespace baton::health
