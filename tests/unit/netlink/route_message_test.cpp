// Routes as messages, and back from what the kernel might send.
#include "netlink/route_message.h"

#include <doctest/doctest.h>
#include <linux/rtnetlink.h>
#include <ostream>
#include <sys/socket.h>

using namespace baton;
using namespace baton::netlink;

namespace {

// The message on the heap and of exactly its size, changed by `change` before it is read.
template <class Change>
std::vector<Route> parse(const Message& request, std::size_t size, Change change) {
    const auto bytes = request.bytes();
    std::vector<std::uint8_t> copy(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    auto& header = *reinterpret_cast<nlmsghdr*>(copy.data());
    header.nlmsg_len = static_cast<std::uint32_t>(size);
    change(header);
    return parse_routes(header);
}

std::vector<Route> parse(const Message& request) {
    return parse(request, request.bytes().size(), [](nlmsghdr&) {});
}

rtmsg& header_of(nlmsghdr& message) { return *reinterpret_cast<rtmsg*>(&message + 1); }

Route full(const char* destination, const char* gateway, const char* source) {
    Route route;
    route.destination = Prefix::parse(destination).value();
    route.gateway = IpAddress::parse(gateway);
    route.interface = IfIndex(7);
    route.source = IpAddress::parse(source);
    route.metric = 50;
    route.table = 70000;
    route.mtu = 1400;
    route.advmss = 1360;
    route.onlink = true;
    return normal(route);
}

} // namespace

TEST_CASE("a route as a message comes back the same") {
    for (const Route& route :
         {full("192.0.2.0/24", "10.0.1.1", "10.0.1.100"), full("192.0.2.0/24", "fd00:1::1", "10.0.1.100"),
          full("fd00:2::/64", "fe80::1", "fd00:1::100"), full("0.0.0.0/0", "10.0.1.1", "10.0.1.100")}) {
        const Message request = route_request(RTM_NEWROUTE, 0, route);
        CHECK(parse(request) == std::vector<Route>{route});
        for (std::size_t size = sizeof(nlmsghdr); size < request.bytes().size(); ++size) {
            CAPTURE(size);
            CHECK(parse(request, size, [](nlmsghdr&) {}) != std::vector<Route>{route});
        }
    }
    Route hole =
        normal({Prefix::parse("192.0.2.0/24").value(), RouteType::blackhole, {}, {}, {}, 0, 254, {}});
    CHECK(parse(route_request(RTM_NEWROUTE, 0, hole)) == std::vector<Route>{hole});
}

TEST_CASE("what is not ours, no new route, or of a kind we do not make answers nothing") {
    const Message request = route_request(RTM_NEWROUTE, 0, full("192.0.2.0/24", "10.0.1.1", "10.0.1.100"));
    const std::size_t size = request.bytes().size();
    CHECK(parse(request, size, [](nlmsghdr& m) { m.nlmsg_type = RTM_DELROUTE; }).empty());
    CHECK(parse(request, size, [](nlmsghdr& m) { header_of(m).rtm_protocol = RTPROT_STATIC; }).empty());
    CHECK(parse(request, size, [](nlmsghdr& m) { header_of(m).rtm_type = RTN_MULTICAST; }).empty());
    CHECK(parse(request, size, [](nlmsghdr& m) { header_of(m).rtm_family = 128; }).empty());
}

TEST_CASE("a route with several next hops is told as several, and no further than it is whole") {
    struct Hop {
        rtnexthop head;
        nlattr attribute;
        std::uint8_t gateway[4];
    };
    const Hop one{{sizeof(Hop), 0, 0, 7}, {8, RTA_GATEWAY}, {10, 0, 1, 1}};
    const Hop two{{sizeof(Hop), RTNH_F_ONLINK, 0, 8}, {8, RTA_GATEWAY}, {10, 0, 1, 2}};
    const auto with = [&](std::size_t octets) {
        std::vector<std::uint8_t> hops(2 * sizeof(Hop));
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&one), sizeof one, hops.begin());
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&two), sizeof two, hops.begin() + sizeof one);
        hops.resize(octets);
        Message request(RTM_NEWROUTE, 0);
        rtmsg header{};
        header.rtm_family = AF_INET;
        header.rtm_protocol = route_mark;
        header.rtm_type = RTN_UNICAST;
        request.append(header);
        request.put(RTA_MULTIPATH, hops);
        return parse(request);
    };
    const auto both = with(2 * sizeof(Hop));
    REQUIRE(both.size() == 2);
    CHECK(both[0].gateway->to_string() == "10.0.1.1");
    CHECK(both[0].interface == IfIndex(7));
    CHECK_FALSE(both[0].onlink);
    CHECK(both[1].gateway->to_string() == "10.0.1.2");
    CHECK(both[1].interface == IfIndex(8));
    CHECK(both[1].onlink);
    for (std::size_t octets = 0; octets < 2 * sizeof(Hop); ++octets)
        CHECK(with(octets).size() == octets / sizeof(Hop));
}
