// An interface's IPv4 settings through netlink (IFLA_INET_CONF, linux/if_link.h; ip-sysctl).
//
// The same numbers as in /proc/sys/net/ipv4/conf, but by the interface's number: a name with dots is no
// trouble, and a container whose /proc/sys is read-only none either.
#pragma once

#include "base/result.h"
#include "base/strong.h"
#include "netlink/socket.h"

namespace baton::netlink {

/// `id`: IPV4_DEVCONF_* (linux/ip.h). Refused with ENODEV when there is no such interface.
[[nodiscard]] Result<int, Refusal> read_inet_conf(Socket& socket, IfIndex interface, int id);

/// Nothing means done.
[[nodiscard]] std::optional<Refusal> write_inet_conf(Socket& socket, IfIndex interface, int id, int value);

} // namespace baton::netlink
