#include "netlink/sysctl.h"

#include <algorithm>

namespace baton::netlink {

std::string sysctl_name(Family family, std::string_view interface, std::string_view setting) {
    std::string name(interface);
    std::replace(name.begin(), name.end(), '.', '/');
    return (family == Family::ipv4 ? "net.ipv4.conf." : "net.ipv6.conf.") + name + "." + std::string(setting);
}

} // namespace baton::netlink
