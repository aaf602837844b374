#include "netlink/parse.h"

#include "netlink/attributes.h"
#include "netlink/mark.h"

#include <algorithm>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace baton::netlink {

namespace {

std::optional<MacAddress> mac_of(const ifinfomsg& info, const nlattr* attribute) {
    MacAddress mac;
    if (info.ifi_type != ARPHRD_ETHER || attribute == nullptr)
        return std::nullopt;
    const auto octets = bytes_of(attribute);
    if (octets.size() != mac.octets.size())
        return std::nullopt;
    std::copy(octets.begin(), octets.end(), mac.octets.begin());
    return mac;
}

bool is_tentative(std::uint32_t flags) {
    const bool in_doubt = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
    return in_doubt || (flags & IFA_F_DADFAILED) != 0;
}

} // namespace

std::optional<Link> parse_link(const nlmsghdr& message) {
    const auto attributes = attributes_of<ifinfomsg, IFLA_MAX>(message);
    if (!attributes || (*attributes)[IFLA_IFNAME] == nullptr)
        return std::nullopt;
    const auto& info = *static_cast<const ifinfomsg*>(nlmsg_data(&message));
    if (info.ifi_family != AF_UNSPEC || info.ifi_index <= 0)
        return std::nullopt;
    // RUNNING is the kernel's word for an operational state of up or unknown (netdevice(7)).
    constexpr unsigned wanted = IFF_UP | IFF_LOWER_UP | IFF_RUNNING;
    Link link;
    link.index = IfIndex(static_cast<unsigned>(info.ifi_index));
    link.name = text_of((*attributes)[IFLA_IFNAME]);
    link.up = (info.ifi_flags & wanted) == wanted;
    link.loopback = (info.ifi_flags & IFF_LOOPBACK) != 0;
    link.mac = mac_of(info, (*attributes)[IFLA_ADDRESS]);
    link.mtu = number_of((*attributes)[IFLA_MTU]).value_or(0);
    link.carrier_ups = number_of((*attributes)[IFLA_CARRIER_UP_COUNT]).value_or(0);
    return link;
}

std::optional<PlacedAddress> parse_address(const nlmsghdr& message) {
    const auto attributes = attributes_of<ifaddrmsg, IFA_MAX>(message);
    if (!attributes)
        return std::nullopt;
    const auto& info = *static_cast<const ifaddrmsg*>(nlmsg_data(&message));
    if (info.ifa_family != AF_INET && info.ifa_family != AF_INET6)
        return std::nullopt;
    const Family family = info.ifa_family == AF_INET ? Family::ipv4 : Family::ipv6;
    // On a point-to-point link IFA_ADDRESS is the peer; IFA_LOCAL, where there is one, is always ours.
    const nlattr* local = (*attributes)[IFA_LOCAL];
    const nlattr* attribute = local != nullptr ? local : (*attributes)[IFA_ADDRESS];
    if (attribute == nullptr || bytes_of(attribute).size() != address_size(family))
        return std::nullopt;
    // The header has room for eight flags only; the kernel sends all of them as an attribute as well.
    const std::uint32_t flags = number_of((*attributes)[IFA_FLAGS]).value_or(info.ifa_flags);
    PlacedAddress placed;
    placed.interface = IfIndex(info.ifa_index);
    placed.address.prefix = {IpAddress::from_bytes(family, bytes_of(attribute)), info.ifa_prefixlen};
    const nlattr* proto = (*attributes)[IFA_PROTO];
    placed.address.ours = proto != nullptr && nla_len(proto) == 1 && nla_get_u8(proto) == address_mark;
    placed.address.tentative = family == Family::ipv6 && is_tentative(flags);
    return placed;
}

} // namespace baton::netlink
