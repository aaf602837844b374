#include "netlink/route_message.h"

#include "netlink/attributes.h"

#include <cstring>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace baton::netlink {

namespace {

using Parsed = Attributes<RTA_MAX>;

std::uint8_t number_of_family(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

std::vector<std::uint8_t> with_family(const IpAddress& address) {
    const std::uint16_t family = number_of_family(address.family());
    std::vector<std::uint8_t> bytes(sizeof family);
    std::memcpy(bytes.data(), &family, sizeof family);
    bytes.insert(bytes.end(), address.bytes().begin(), address.bytes().end());
    return bytes;
}

void put_gateway(Message& request, const Route& route) {
    if (!route.gateway)
        return;
    if (route.gateway->family() == route.destination.address.family())
        request.put(RTA_GATEWAY, route.gateway->bytes());
    else
        request.put(RTA_VIA, with_family(*route.gateway));
}

void append_metric(std::vector<std::uint8_t>& nested, std::uint16_t number, std::uint32_t value) {
    if (value == 0)
        return;
    const nlattr head{NLA_HDRLEN + sizeof value, number};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&head);
    nested.insert(nested.end(), bytes, bytes + sizeof head);
    bytes = reinterpret_cast<const std::uint8_t*>(&value);
    nested.insert(nested.end(), bytes, bytes + sizeof value);
}

void put_metrics(Message& request, const Route& route) {
    std::vector<std::uint8_t> nested;
    append_metric(nested, RTAX_MTU, route.mtu);
    append_metric(nested, RTAX_ADVMSS, route.advmss);
    if (!nested.empty())
        request.put(RTA_METRICS, nested);
}

rtmsg header_of(const Route& route) {
    rtmsg header{};
    header.rtm_family = number_of_family(route.destination.address.family());
    header.rtm_dst_len = route.destination.length;
    header.rtm_table = RT_TABLE_UNSPEC; // eight bits; RTA_TABLE has them all
    header.rtm_protocol = route_mark;
    header.rtm_scope = route.scope.value_or(RT_SCOPE_UNIVERSE);
    header.rtm_type = static_cast<std::uint8_t>(route.type);
    header.rtm_flags = route.onlink ? RTNH_F_ONLINK : 0;
    return header;
}

std::optional<IpAddress> address_of(const nlattr* attribute, Family family) {
    if (attribute == nullptr || bytes_of(attribute).size() != address_size(family))
        return std::nullopt;
    return IpAddress::from_bytes(family, bytes_of(attribute));
}

std::optional<IpAddress> gateway_of(const Parsed& attributes, Family family) {
    const nlattr* via = attributes[RTA_VIA];
    if (via == nullptr)
        return address_of(attributes[RTA_GATEWAY], family);
    constexpr std::size_t head = sizeof(std::uint16_t);
    const auto bytes = bytes_of(via);
    if (bytes.size() == head + address_size(Family::ipv4))
        return IpAddress::from_bytes(Family::ipv4, bytes.subspan(head));
    if (bytes.size() == head + address_size(Family::ipv6))
        return IpAddress::from_bytes(Family::ipv6, bytes.subspan(head));
    return std::nullopt;
}

bool is_known(std::uint8_t type) {
    return type == RTN_UNICAST || type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT;
}

// All but the next hop.
std::optional<Route> destination_of(const rtmsg& header, const Parsed& attributes) {
    const bool known_family = header.rtm_family == AF_INET || header.rtm_family == AF_INET6;
    if (!known_family || header.rtm_protocol != route_mark || !is_known(header.rtm_type))
        return std::nullopt;
    const Family family = header.rtm_family == AF_INET ? Family::ipv4 : Family::ipv6;
    constexpr std::array<std::uint8_t, 16> unspecified{};
    const auto zero = IpAddress::from_bytes(family, std::span(unspecified).first(address_size(family)));
    const auto metrics = nested_in<RTAX_MAX>(attributes[RTA_METRICS]);
    Route route;
    route.destination = {address_of(attributes[RTA_DST], family).value_or(zero), header.rtm_dst_len};
    route.type = static_cast<RouteType>(header.rtm_type);
    route.source = address_of(attributes[RTA_PREFSRC], family);
    route.metric = number_of(attributes[RTA_PRIORITY]).value_or(0);
    route.table = number_of(attributes[RTA_TABLE]).value_or(header.rtm_table);
    route.scope = header.rtm_scope;
    route.mtu = number_of(metrics[RTAX_MTU]).value_or(0);
    route.advmss = number_of(metrics[RTAX_ADVMSS]).value_or(0);
    return route;
}

Route with_hop(Route route, std::optional<IpAddress> gateway, unsigned interface, unsigned flags) {
    if (route.type != RouteType::unicast)
        return normal(route); // the kernel names the loopback as the interface of those of IPv6
    route.gateway = gateway;
    route.interface = IfIndex(interface);
    route.onlink = (flags & RTNH_F_ONLINK) != 0;
    return normal(route);
}

// IPv6 joins routes to one destination with one metric, whoever put them there.
std::vector<Route> hops_of(const Route& route, const nlattr* multipath) {
    const Family family = route.destination.address.family();
    std::vector<Route> all;
    auto rest = bytes_of(multipath);
    while (rest.size() >= sizeof(rtnexthop)) {
        rtnexthop hop{};
        std::memcpy(&hop, rest.data(), sizeof hop);
        if (hop.rtnh_len < sizeof hop || hop.rtnh_len > rest.size())
            break;
        Parsed attributes{};
        // nla_parse() only reads, though its signature does not say so.
        auto* first = reinterpret_cast<nlattr*>(const_cast<std::uint8_t*>(rest.data() + sizeof hop));
        if (nla_parse(attributes.data(), RTA_MAX, first, static_cast<int>(hop.rtnh_len - sizeof hop),
                      nullptr) >= 0)
            all.push_back(with_hop(route, gateway_of(attributes, family),
                                   static_cast<unsigned>(hop.rtnh_ifindex), hop.rtnh_flags));
        rest = rest.subspan(std::min<std::size_t>(RTNH_ALIGN(hop.rtnh_len), rest.size()));
    }
    return all;
}

} // namespace

Message route_request(int type, int flags, const Route& route) {
    Message request(type, NLM_F_ACK | flags);
    request.append(header_of(route));
    request.put(RTA_DST, route.destination.address.bytes());
    request.put(RTA_TABLE, route.table);
    if (route.metric != 0)
        request.put(RTA_PRIORITY, route.metric);
    put_gateway(request, route);
    if (route.interface != IfIndex())
        request.put(RTA_OIF, static_cast<std::uint32_t>(route.interface.value));
    if (route.source)
        request.put(RTA_PREFSRC, route.source->bytes());
    put_metrics(request, route);
    return request;
}

Message route_dump_request(Family family) {
    Message request(RTM_GETROUTE, NLM_F_DUMP);
    rtmsg header{};
    header.rtm_family = number_of_family(family);
    header.rtm_protocol = route_mark;
    request.append(header);
    return request;
}

std::vector<Route> parse_routes(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWROUTE)
        return {};
    const auto attributes = attributes_of<rtmsg, RTA_MAX>(message);
    if (!attributes)
        return {};
    const auto& header = *static_cast<const rtmsg*>(nlmsg_data(&message));
    const auto route = destination_of(header, *attributes);
    if (!route)
        return {};
    if (const nlattr* multipath = (*attributes)[RTA_MULTIPATH])
        return hops_of(*route, multipath);
    const Family family = route->destination.address.family();
    const auto interface = number_of((*attributes)[RTA_OIF]).value_or(0);
    return {with_hop(*route, gateway_of(*attributes, family), interface, header.rtm_flags)};
}

} // namespace baton::netlink
