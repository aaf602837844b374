// Holding and releasing routes, as the kernel has them afterwards, and its refusals in words.
#include "netlink/route_message.h"
#include "netlink/routes.h"
#include "tests/unit/netlink/namespace.h"

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

struct Router : Namespace {
    Router() : socket(Socket::open().value()), routes(socket) {
        ip("link add eth0 type veth peer name peer0");
        ip("link set peer0 up");
        bring_up("eth0");
        ip("address add 10.0.1.2/24 dev eth0");
        ip("address add fd00:1::2/64 dev eth0 nodad");
        eth0 = IfIndex(index_of("eth0"));
    }

    static Route to(const char* destination, const char* gateway = nullptr) {
        Route route;
        route.destination = Prefix::parse(destination).value();
        if (gateway != nullptr)
            route.gateway = IpAddress::parse(gateway);
        return route;
    }

    Route on_eth0(const char* destination) const {
        Route route = to(destination);
        route.interface = eth0;
        return route;
    }

    std::string hold(const std::vector<Route>& wanted) { return describe(routes.hold(wanted)); }
    std::string release(const std::vector<Route>& unwanted) { return describe(routes.release(unwanted)); }

    Words ours() {
        Words texts;
        for (const Family family : {Family::ipv4, Family::ipv6})
            for (const Route& route : read_routes(socket, family).value())
                texts.push_back(describe(route));
        return texts;
    }

    Socket socket;
    Routes routes;
    IfIndex eth0;
};

} // namespace

TEST_CASE_FIXTURE(Router, "held routes are there with our mark; holding them again changes nothing") {
    const std::vector<Route> wanted{to("192.0.2.0/24", "10.0.1.1"), to("fd00:2::/64", "fd00:1::1")};
    CHECK(hold(wanted).empty());
    const Words there{"192.0.2.0/24 via 10.0.1.1 dev eth0", "fd00:2::/64 via fd00:1::1 dev eth0 metric 1024"};
    CHECK(ours() == there);
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    // To the kernel's own tool, too, these are routes of protocol 98.
    ip("route del 192.0.2.0/24 proto 98");
    ip("-6 route del fd00:2::/64 proto 98");
    CHECK(ours().empty());
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    CHECK(release(wanted).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Router,
                  "every detail of a route reaches the kernel and comes back, so that it is held once") {
    Route full = to("192.0.2.0/24", "10.0.9.9");
    full.interface = eth0;
    full.source = IpAddress::parse("10.0.1.2");
    full.metric = 50;
    full.table = 70000;
    full.mtu = 1400;
    full.advmss = 1360;
    full.onlink = true;
    Route six = to("fd00:2::77/64", "fe80::9");
    six.interface = eth0;
    six.source = IpAddress::parse("fd00:1::2");
    six.mtu = 1400;
    Route link = on_eth0("198.51.100.0/24");
    Route host = on_eth0("198.51.100.7/32");
    host.scope = 254;
    Route over_six = to("203.0.113.0/24", "fe80::9");
    over_six.interface = eth0;
    std::vector<Route> all{
        full, six, link, host, over_six, to("0.0.0.0/0", "10.0.1.1"), to("::/0", "fd00:1::1")};
    for (const RouteType type : {RouteType::blackhole, RouteType::unreachable, RouteType::prohibit}) {
        const auto number = std::to_string(static_cast<int>(type));
        Route four = to(("172.16." + number + ".0/24").c_str());
        Route no_six = to(("fd00:" + number + "::/64").c_str());
        four.type = no_six.type = type;
        all.push_back(four);
        all.push_back(no_six);
    }
    CHECK(hold(all).empty());
    for (const Route& wanted : all) {
        CAPTURE(describe(wanted));
        int found = 0;
        for (const Route& there : read_routes(socket, wanted.destination.address.family()).value())
            found += satisfies(there, normal(wanted)) ? 1 : 0;
        CHECK(found == 1);
    }
    const Words before = ours();
    CHECK(before.size() == all.size());
    CHECK(hold(all).empty());
    CHECK(ours() == before);
    CHECK(release(all).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Router, "a route of somebody else in the same place is a conflict, and stays") {
    ip("route add 192.0.2.0/24 via 10.0.1.9");
    ip("-6 route add fd00:2::/64 via fd00:1::9");
    const auto failures =
        routes.hold(std::vector{to("192.0.2.0/24", "10.0.1.1"), to("fd00:2::/64", "fd00:1::9")});
    REQUIRE(failures.size() == 2);
    CHECK(failures[0].text == "192.0.2.0/24 via 10.0.1.1: a route to there with this metric is in the table "
                              "already and was not put "
                              "there by baton; remove it (ip route del 192.0.2.0/24 table 254 metric 0) and "
                              "whatever configures it, "
                              "or choose another metric");
    CHECK(failures[1].text.find("(ip route del fd00:2::/64 table 254 metric 1024)") != std::string::npos);
    CHECK(ours().empty());
    CHECK(release({to("192.0.2.0/24", "10.0.1.1"), to("fd00:2::/64", "fd00:1::9")}).empty());
    CHECK(describe(routes.sweep({})).empty());
    ip("route del 192.0.2.0/24 via 10.0.1.9"); // both are still there
    ip("-6 route del fd00:2::/64 via fd00:1::9");
}

TEST_CASE_FIXTURE(Router, "beside a route of somebody else with another metric ours comes and goes alone") {
    ip("route add default via 10.0.1.9 metric 100");
    ip("route add default via 10.0.1.9 metric 7");
    Route ours_between = to("0.0.0.0/0", "10.0.1.1");
    ours_between.metric = 50;
    CHECK(hold({ours_between, to("0.0.0.0/0", "10.0.1.1")}).empty());
    CHECK(ours().size() == 2);
    CHECK(release({to("0.0.0.0/0", "10.0.1.1")}).empty());
    CHECK(ours() == Words{"0.0.0.0/0 via 10.0.1.1 dev eth0 metric 50"});
    CHECK(release({ours_between}).empty());
    ip("route del default metric 7");
    ip("route del default metric 100");
}

TEST_CASE_FIXTURE(Router, "ours with another gateway gives way") {
    CHECK(hold({to("192.0.2.0/24", "10.0.1.1"), to("fd00:2::/64", "fd00:1::1")}).empty());
    CHECK(hold({to("192.0.2.0/24", "10.0.1.3"), to("fd00:2::/64", "fd00:1::3")}).empty());
    CHECK(ours() ==
          Words{"192.0.2.0/24 via 10.0.1.3 dev eth0", "fd00:2::/64 via fd00:1::3 dev eth0 metric 1024"});
    CHECK(release({to("192.0.2.0/24", "10.0.1.1"), to("fd00:2::/64", "fd00:1::1")}).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Router, "a hop that somebody else has joined to our IPv6 route stays when ours goes") {
    const std::vector<Route> wanted{to("fd00:2::/64", "fd00:1::1")};
    CHECK(hold(wanted).empty());
    ip("-6 route append fd00:2::/64 via fd00:1::9 metric 1024");
    CHECK(ours().size() == 2); // as the kernel tells it
    CHECK(hold(wanted).empty());
    CHECK(release(wanted).empty());
    CHECK(ours().empty());
    ip("-6 route del fd00:2::/64 via fd00:1::9");
}

TEST_CASE_FIXTURE(Router, "a route may need the one before, and all are released") {
    CHECK(hold({on_eth0("10.0.7.0/24"), to("192.0.2.0/24", "10.0.7.1")}).empty());
    CHECK(ours().size() == 2);
    CHECK(release({on_eth0("10.0.7.0/24"), to("192.0.2.0/24", "10.0.7.1")}).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Router,
                  "releasing what is gone is fine, with its interface or without; holding brings it back") {
    const std::vector<Route> wanted{to("192.0.2.0/24", "10.0.1.1")};
    CHECK(release(wanted).empty());
    CHECK(hold(wanted).empty());
    ip("link set eth0 down");
    CHECK(ours().empty());
    bring_up("eth0");
    CHECK(hold(wanted).empty());
    CHECK(ours().size() == 1);
    ip("link del eth0");
    CHECK(ours().empty());
    CHECK(release(wanted).empty());
    CHECK(describe(routes.sweep({})).empty());
}

TEST_CASE_FIXTURE(Router, "a sweep removes what an earlier run left, in all tables, but what is to be kept") {
    Route elsewhere = to("192.0.2.0/24", "10.0.1.1");
    elsewhere.table = 100;
    const Route kept = to("198.51.100.0/24", "10.0.1.1");
    CHECK(hold({elsewhere, kept, to("fd00:2::/64", "fd00:1::1")}).empty());
    CHECK(describe(routes.sweep(std::vector{kept})).empty());
    CHECK(ours() == Words{"198.51.100.0/24 via 10.0.1.1 dev eth0"});
    CHECK(describe(routes.sweep({})).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Router, "refusals say what is wrong and what to do; the others are held") {
    const auto refused = [&](const Route& route) {
        const auto failures = routes.hold(std::vector{route, to("198.51.100.0/24", "10.0.1.1")});
        CHECK(ours().size() == 1);
        return describe(failures);
    };
    CHECK(
        refused(to("192.0.2.0/24", "10.0.9.9")) ==
        "192.0.2.0/24 via 10.0.9.9: Network is unreachable (Nexthop has invalid gateway); no network that "
        "the "
        "host is on has the gateway 10.0.9.9: correct it, name the interface, or say that it is on the link "
        "(onlink)");
    Route route = on_eth0("192.0.2.0/24");
    route.source = IpAddress::parse("10.0.1.100");
    CHECK(refused(route) ==
          "192.0.2.0/24 dev eth0 src 10.0.1.100: Invalid argument (Invalid prefsrc address); "
          "is 10.0.1.100 an address of this host, confirmed and of this family?");
    route = to("192.0.2.0/24");
    route.interface = IfIndex(9999);
    CHECK(refused(route) == "192.0.2.0/24 dev interface number 9999: No such device");
    route = on_eth0("192.0.2.0/24");
    route.interface = IfIndex(index_of("lo"));
    CHECK(refused(route) == "192.0.2.0/24 dev lo: Network is down (Device for nexthop is not up); set the "
                            "interface up");
    CHECK(refused(to("198.51.100.0/24", "10.0.1.3")) ==
          "198.51.100.0/24 via 10.0.1.1: another virtual route has the same destination, table and metric");
}

TEST_CASE_FIXTURE(Router, "a thousand routes are held and released") {
    std::vector<Route> many;
    for (unsigned i = 0; i < 1000; ++i) {
        Route route = to("172.16.0.0/32", "10.0.1.1");
        route.destination.address = IpAddress::v4(172, 16, static_cast<std::uint8_t>(i / 250),
                                                  static_cast<std::uint8_t>(i % 250 + 1));
        many.push_back(route);
    }
    CHECK(hold(many).empty());
    CHECK(ours().size() == 1000);
    CHECK(release(many).empty());
    CHECK(ours().empty());
}
