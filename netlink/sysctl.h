// The names of an interface's settings, as sysctl(8) and people write them.
#pragma once

#include "base/address.h"

#include <string>
#include <string_view>

namespace baton::netlink {

/// "net.ipv6.conf.eth0.disable_ipv6". Dots within an interface's name become slashes (sysctl(8)):
/// "net.ipv6.conf.eth0/100.disable_ipv6".
[[nodiscard]] std::string sysctl_name(Family family, std::string_view interface, std::string_view setting);

} // namespace baton::netlink
