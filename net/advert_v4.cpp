// IPv4's way of an advert socket (ip(7), raw(7)): every datagram comes with its IP header, which says all.
#include "net/advert_family.h"
#include "net/ipv4_header.h"
#include "net/socket_address.h"

#include <algorithm>

namespace baton::net {
namespace {

bool configure(int fd, IfIndex interface, std::span<const IpAddress> groups) {
    ip_mreqn membership{};
    membership.imr_ifindex = static_cast<int>(interface.value);
    const auto join = [&](const IpAddress& group) {
        membership.imr_multiaddr = to_in_addr(group);
        return set_option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
    };
    return set_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) && // only groups that this socket joined
           set_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) &&
           set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, membership) &&
           set_option(fd, IPPROTO_IP, IP_TOS, class_cs6) && std::all_of(groups.begin(), groups.end(), join);
}

std::optional<std::string> obstacle(IfIndex) { return std::nullopt; }

void direct(Ancillary& ancillary, IfIndex interface, const IpAddress& source, std::uint8_t hop_limit) {
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(interface.value);
    info.ipi_spec_dst = to_in_addr(source);
    ancillary.add(IPPROTO_IP, IP_PKTINFO, info);
    ancillary.add(IPPROTO_IP, IP_TTL, int{hop_limit});
}

Datagram datagram(IfIndex interface, const IpAddress& source, msghdr&, std::span<const std::uint8_t> bytes) {
    return parse_ipv4(interface, bytes).value_or(Datagram{interface, source, IpAddress(), 0, {}});
}

} // namespace

const AdvertFamily advert_v4{AF_INET, "IPv4", configure, obstacle, direct, datagram};

} // namespace baton::net
