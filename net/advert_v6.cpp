// IPv6's way of an advert socket (ipv6(7), RFC 3542): the IP header stays with the kernel, which tells
// destination and hop limit beside each datagram.
//
// Two options are left alone. IPV6_CHECKSUM: the sender's codec has summed the message, and one that is wrong
// must come in, to be counted. IPV6_MULTICAST_ALL: on a raw socket that is not bound to an address Linux does
// not look at it, and lets every group in that any program of the host has joined.
#include "base/descriptor.h"
#include "net/advert_family.h"
#include "net/socket_address.h"
#include "net/words.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace baton::net {
namespace {

bool configure(int fd, IfIndex interface, std::span<const IpAddress> groups) {
    const auto join = [&](const IpAddress& group) {
        ipv6_mreq membership{};
        membership.ipv6mr_multiaddr = to_in6_addr(group);
        membership.ipv6mr_interface = interface.value;
        return set_option(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, membership);
    };
    return set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
           set_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
           set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) &&
           set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, interface.value) &&
           set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, class_cs6) &&
           std::all_of(groups.begin(), groups.end(), join);
}

bool is_in_this_kernel() {
    const Descriptor any(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return any || errno != EAFNOSUPPORT;
}

// A socket can be had all the same, but nothing would ever come in or leave (ip-sysctl). Where the settings
// cannot be seen, nothing is known against the interface.
std::optional<std::string> obstacle(IfIndex interface) {
    const std::filesystem::path settings = "/proc/sys/net/ipv6/conf";
    const auto name = find_name(interface);
    std::error_code ignored;
    if (!is_in_this_kernel())
        return "this kernel does no IPv6; was it started with ipv6.disable=1?";
    if (!name || !std::filesystem::exists(settings, ignored))
        return std::nullopt;
    if (!std::filesystem::exists(settings / *name, ignored))
        return "the kernel keeps no IPv6 there; is its MTU below 1280?";
    const auto switched_off = settings / *name / "disable_ipv6";
    int value = 0;
    std::ifstream(switched_off) >> value;
    if (value != 0)
        return "IPv6 is switched off there; write 0 to " + switched_off.string();
    return std::nullopt;
}

void direct(Ancillary& ancillary, IfIndex interface, const IpAddress& source, std::uint8_t hop_limit) {
    in6_pktinfo info{};
    info.ipi6_ifindex = interface.value;
    info.ipi6_addr = to_in6_addr(source);
    ancillary.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
    ancillary.add(IPPROTO_IPV6, IPV6_HOPLIMIT, int{hop_limit});
}

Datagram datagram(IfIndex interface, const IpAddress& source, msghdr& header,
                  std::span<const std::uint8_t> bytes) {
    const auto info = find_ancillary<in6_pktinfo>(header, IPPROTO_IPV6, IPV6_PKTINFO);
    const auto hop_limit = find_ancillary<int>(header, IPPROTO_IPV6, IPV6_HOPLIMIT);
    if (!info || !hop_limit || (header.msg_flags & MSG_TRUNC) != 0)
        bytes = {};
    return Datagram{interface, source, info ? to_address(info->ipi6_addr) : IpAddress(),
                    static_cast<std::uint8_t>(hop_limit.value_or(0)), bytes};
}

} // namespace

const AdvertFamily advert_v6{AF_INET6, "IPv6", configure, obstacle, direct, datagram};

} // namespace baton::net
