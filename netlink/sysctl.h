// An interface's settings as files: /proc/sys/net/ipv4/conf and /proc/sys/net/ipv6/conf (proc(5), ip-sysctl).
//
// For what netlink has no words for: IPv6, and the settings of "all".
#pragma once

#include "base/address.h"
#include "base/result.h"
#include "netlink/socket.h"

#include <optional>
#include <string>
#include <string_view>

namespace baton::netlink {

/// "net.ipv6.conf.eth0.disable_ipv6". Dots within an interface's name become slashes (sysctl(8)):
/// "net.ipv6.conf.eth0/100.disable_ipv6".
[[nodiscard]] std::string sysctl_name(Family family, std::string_view interface, std::string_view setting);

/// Refused with ENOENT when there is no such interface, or no such family on it.
[[nodiscard]] Result<int, Refusal> read_sysctl(Family family, std::string_view interface,
                                               std::string_view setting);

/// Nothing means done. Refused with EROFS where /proc/sys is mounted read-only, as in most containers.
[[nodiscard]] std::optional<Refusal> write_sysctl(Family family, std::string_view interface,
                                                  std::string_view setting, int value);

} // namespace baton::netlink
