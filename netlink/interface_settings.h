// The settings of an interface on which it depends who answers for a virtual address, and who keeps silent
// (ip-sysctl). IPv4 ones go through netlink (inet_conf.h), IPv6 ones and those of "all" through /proc
// (sysctl.h).
//
// Never decides what is right: that is up to who knows which interface is a router's.
#pragma once

#include "base/result.h"
#include "base/strong.h"
#include "netlink/socket.h"

#include <cstdint>
#include <string>

namespace baton::netlink {

enum class Setting : std::uint8_t {
    arp_announce, ///< 2: asks only in the name of addresses of the interface that asks
    arp_ignore,   ///< 1: answers only for addresses of the interface that is asked
    rp_filter,    ///< the kernel goes by the larger one of "all" and the interface
    accept_dad,   ///< 0: no duplicate address detection
    accept_ra,    ///< 0: router advertisements are not for us, who are a router
    autoconf,     ///< 0: no address from a router advertisement's prefix
    disable_ipv6, ///< 1: no IPv6 at all
    /// 1: neighbour advertisements say that a router speaks (RFC 4861 section 7.2.4). A router listens to
    /// ff02::2: on a link that is up, or once it is, the kernel says so in an MLD report. Not for a link that
    /// must be silent.
    forwarding_ipv6,
    router_solicitations, ///< 0: none is sent
};

/// Stands for the settings of "all" where an interface is asked for.
inline constexpr IfIndex all_interfaces{};

class InterfaceSettings {
public:
    /// `socket` must outlive this.
    explicit InterfaceSettings(Socket& socket) : socket_(socket) {}

    /// Whether the kernel keeps IPv6 there, be it switched off: not where the MTU is below 1280, where the
    /// kernel was started without, nor on an interface that is gone. Without it there are no settings of it.
    [[nodiscard]] bool does_ipv6(IfIndex interface);

    [[nodiscard]] Result<int, Error> read(IfIndex interface, Setting setting);

    /// When this is done, the kernel has it so.
    [[nodiscard]] Result<void, Error> write(IfIndex interface, Setting setting, int value);

private:
    Socket& socket_;
};

} // namespace baton::netlink
