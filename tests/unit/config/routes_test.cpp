// Routes of an instance: every key, and everything that is no route.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using netlink::Route;
using netlink::RouteType;

std::string with_routes(const std::string& list) { return with_instance("\"routes\": [" + list + "], "); }
std::string with_ipv6_routes(const std::string& list) {
    return with_ipv6_instance("\"routes\": [" + list + "], ");
}

/// Nothing but a destination, 10.8.0.0/16 unless it is another.
Route route_to(const Prefix& destination = {IpAddress::v4(10, 8, 0, 0), 16}) {
    Route route;
    route.destination = destination;
    return route;
}

VirtualRoute route_of(const std::string& text) {
    auto config = config_of(text);
    REQUIRE(config.host.front().routes.size() == 1);
    return config.host.front().routes.front();
}

const std::string route_0 = "/instances/A/routes/0";

TEST_CASE("every key of a route arrives") {
    const auto [route, interface] = route_of(with_routes(
        R"({"to": "10.8.0.0/16", "via": "10.0.1.1", "interface": "eth1", "source": "10.0.1.100",
            "metric": 4294967295, "table": 4294967295, "scope": "site", "mtu": 1400, "advmss": 1360,
            "onlink": true, "type": "unicast"})"));
    CHECK(interface == "eth1");
    auto expected = route_to();
    expected.gateway = IpAddress::v4(10, 0, 1, 1);
    expected.source = IpAddress::v4(10, 0, 1, 100);
    expected.metric = 4294967295;
    expected.table = 4294967295;
    expected.scope = 200;
    expected.mtu = 1400;
    expected.advmss = 1360;
    expected.onlink = true;
    CHECK(route == expected);
}

TEST_CASE("the least of a route, and all defaults") {
    const auto [route, interface] = route_of(with_routes(R"({"to": "10.8.0.1", "interface": "eth1"})"));
    CHECK(interface == "eth1");
    CHECK(route == route_to({IpAddress::v4(10, 8, 0, 1), 32}));
    const auto config = config_of(with_instance(""));
    CHECK(config.host.front().routes.empty());
    CHECK_FALSE(config.settings.instances.front().routing.any);
}

TEST_CASE("the core is told that there are routes, and of their interfaces once") {
    const auto routing = instance_of(with_routes(R"({"to": "10.8.0.0/16", "interface": "eth1"},
        {"to": "10.9.0.0/16", "via": "10.0.1.1"}, {"to": "10.10.0.0/16", "interface": "eth2"},
        {"to": "10.11.0.0/16", "interface": "eth1"}, {"to": "10.12.0.0/16", "type": "blackhole"})"))
                             .routing;
    CHECK(routing.any);
    CHECK(routing.interfaces == Lines{"eth1", "eth2"});
}

TEST_CASE("a default route is of the family of its gateway, else of its instance") {
    const auto destination = [](const std::string& text) {
        return route_of(text).route.destination.to_string();
    };
    CHECK(destination(with_routes(R"({"to": "default", "interface": "eth1"})")) == "0.0.0.0/0");
    CHECK(destination(with_ipv6_routes(R"({"to": "default", "interface": "eth1"})")) == "::/0");
    CHECK(destination(with_routes(R"({"to": "default", "via": "2001:db8::7"})")) == "::/0");
    CHECK(destination(with_ipv6_routes(R"({"to": "default", "via": "10.0.1.1"})")) == "0.0.0.0/0");
    CHECK(destination(with_ipv6_routes(R"({"to": "default", "type": "unreachable"})")) == "::/0");
    CHECK(destination(with_routes(R"({"to": "0.0.0.0/0", "via": "2001:db8::7"})")) == "0.0.0.0/0");
}

TEST_CASE("a destination is a network") {
    const auto wrong = [](const std::string& to) {
        return errors_of(with_routes(R"({"to": ")" + to + R"(", "interface": "eth1"})"));
    };
    const std::string at = "f:1:40: " + route_0 + "/to: ";
    for (const std::string to : {"Default", "10.8", "10.8.0.0/33", "10.8.0.0/255.255.0.0", "2001:db8::/129"})
        CHECK(wrong(to) == Lines{at +
                                 "must be a network with its length, such as \"10.1.0.0/16\" or "
                                 "\"2001:db8::/32\", not \"" +
                                 to + "\""});
    CHECK(wrong("10.8.1.2/16") ==
          Lines{at + "\"10.8.1.2/16\" is an address in the network \"10.8.0.0/16\"; write "
                     "that, or \"10.8.1.2\" for this address alone"});
    CHECK(wrong("2001:db8::1/33") ==
          Lines{at + "\"2001:db8::1/33\" is an address in the network \"2001:db8::/33\"; write that, or "
                     "\"2001:db8::1\" for this address alone"});
    CHECK(wrong("0.0.0.0") == Lines{at + "\"0.0.0.0\" is the unspecified address, which no host has; all "
                                         "addresses are \"0.0.0.0/0\""});
    CHECK(wrong("::/128") ==
          Lines{at + "\"::/128\" is the unspecified address, which no host has; all addresses "
                     "are \"::/0\""});
    for (const auto* to : {"10.8.1.2/32", "0.0.0.0/1", "128.0.0.0/1", "::/8", "224.0.0.0/4", "10.8.1.2/31"})
        CHECK(wrong(to) == Lines{});
    CHECK(errors_of(with_routes(R"({"interface": "eth1"})")) ==
          Lines{"f:1:33: " + route_0 + ": \"to\" is missing; it must be a string of 1 or more characters"});
}

TEST_CASE("a route leads to a gateway or out of an interface") {
    CHECK(errors_of(with_routes(R"({"to": "10.8.0.0/16"})")) ==
          Lines{"f:1:33: " + route_0 +
                ": a route leads to a gateway or out of an interface; give it \"via\" or "
                "\"interface\", or the \"type\" \"blackhole\", \"unreachable\" or "
                "\"prohibit\""});
    // What is wrong is not missing as well.
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "via": 5})")) ==
          Lines{route_0 + "/via: must be a string, not 5"});
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "interface": ""})")).size() == 1);
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "type": "blackhol"})")) ==
          Lines{route_0 +
                "/type: must be one of \"unicast\", \"blackhole\", \"unreachable\" or \"prohibit\", not "
                "\"blackhol\"; did you mean \"blackhole\"?"});
    CHECK(faults_of(with_routes("\"10.8.0.0/16 via 10.0.1.1\"")) ==
          Lines{route_0 + ": must be an object, not \"10.8.0.0/16 via 10.0.1.1\""});
}

TEST_CASE("a route that leads nowhere takes no way there") {
    for (const auto& [word, type] :
         {std::pair{"blackhole", RouteType::blackhole}, std::pair{"unreachable", RouteType::unreachable},
          std::pair{"prohibit", RouteType::prohibit}}) {
        const auto read = route_of(with_routes(R"({"to": "10.8.0.0/16", "metric": 7, "table": 9, "type": ")" +
                                               std::string(word) + "\"}"));
        auto expected = route_to();
        expected.type = type;
        expected.metric = 7;
        expected.table = 9;
        CHECK(read.route == expected);
        CHECK(read.interface.empty());
    }
    const std::string error = ": a route of type \"blackhole\" leads nowhere; leave this out";
    CHECK(faults_of(
              with_routes(R"({"to": "default", "type": "blackhole", "via": "10.0.1.1", "interface": "eth1",
        "source": "10.0.1.100", "scope": "link", "mtu": 1400, "advmss": 1360, "onlink": false})")) ==
          Lines{route_0 + "/via" + error, route_0 + "/interface" + error, route_0 + "/source" + error,
                route_0 + "/scope" + error, route_0 + "/mtu" + error, route_0 + "/advmss" + error,
                route_0 + "/onlink" + error});
}

TEST_CASE("a gateway is another host, of the family of the route or IPv6") {
    const auto via = [](const std::string& to, const std::string& gateway) {
        return faults_of(
            with_routes(R"({"to": ")" + to + R"(", "interface": "eth0", "via": ")" + gateway + "\"}"));
    };
    const std::string at = route_0 + "/via: ";
    CHECK(via("10.8.0.0/16", "10.0.1.1") == Lines{});
    CHECK(via("10.8.0.0/16", "fe80::1") == Lines{});
    CHECK(via("2001:db8:8::/48", "fe80::1") == Lines{});
    CHECK(via("2001:db8:8::/48", "10.0.1.1") ==
          Lines{at + "10.0.1.1 is IPv4, but the route is IPv6, which needs an IPv6 gateway"});
    CHECK(via("10.8.0.0/16", "10.0.1.100") ==
          Lines{at + "10.0.1.100 is a virtual address of this instance; name the gateway's own"});
    CHECK(
        via("10.8.0.0/16", "10.0.1.1/24").front().starts_with(at + "must be an IP address without a prefix"));
    CHECK(via("10.8.0.0/16", "224.0.0.1").front().ends_with("this is a multicast address"));
    // A refused gateway has no family to complain of.
    CHECK(via("2001:db8:8::/48", "127.0.0.1").size() == 1);
    CHECK(via("10.8.0.1/16", "10.0.1.1").size() == 1);
}

TEST_CASE("a link-local virtual address may be the gateway's on another link") {
    const auto via = [](const std::string& more, const std::string& interface) {
        return faults_of(
            with_ipv6_instance(more + R"("routes": [{"to": "default", "via": "fe80::100", "interface": ")" +
                               interface + "\"}], "));
    };
    const Lines error{route_0 +
                      "/via: fe80::100 is a virtual address of this instance; name the gateway's own"};
    CHECK(via("", "eth1") == Lines{});
    CHECK(via("", "eth0") == error);
    CHECK(via("\"virtual_mac\": true, ", "vrrp6-1") == error);
}

TEST_CASE("a link-local gateway and one that no network tells of need an interface") {
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "via": "fe80::1"})")) ==
          Lines{route_0 + "/via: there is a fe80::1 on each link, for it is link-local; give the route an "
                          "\"interface\""});
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "via": "169.254.1.1"})")) == Lines{});
    const std::string error = route_0 + "/onlink: a gateway that no network tells of needs both \"via\" and "
                                        "\"interface\"; add the missing one, or leave this out";
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "via": "10.0.1.1", "onlink": true})")) ==
          Lines{error});
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "interface": "eth1", "onlink": true})")) ==
          Lines{error});
    CHECK(faults_of(with_routes(R"({"to": "10.8.0.0/16", "via": "10.0.1.1", "onlink": false})")) == Lines{});
}

TEST_CASE("a source is an address of the route's family, which can be answered") {
    const auto source = [](const std::string& more, const std::string& to, const std::string& address) {
        return faults_of(with_instance(more + R"("routes": [{"to": ")" + to +
                                       R"(", "interface": "eth0", "source": ")" + address + "\"}], "));
    };
    const std::string at = route_0 + "/source: ";
    const std::string deaf = "\"accept\": false, ";
    CHECK(source("", "10.8.0.0/16", "10.0.1.100") == Lines{});
    CHECK(source("", "10.8.0.0/16", "fe80::1") == Lines{at + "fe80::1 is IPv6, but the route is IPv4"});
    CHECK(source("", "::/0", "10.0.1.100") == Lines{at + "10.0.1.100 is IPv4, but the route is IPv6"});
    CHECK(
        source("", "10.8.0.0/16", "0.0.0.0").front().ends_with("no host has an address that begins with 0"));
    CHECK(source(deaf, "10.8.0.0/16", "10.0.1.11") == Lines{});
    CHECK(
        source(deaf, "10.8.0.0/16", "10.0.1.100") ==
        Lines{at +
              "with \"accept\": false nothing that is sent to 10.0.1.100 arrives here, nor do answers; name "
              "an address of this node's own, or accept"});
    CHECK(source(deaf + R"("excluded_addresses": ["10.0.2.1/24"], )", "10.8.0.0/16", "10.0.2.1").size() == 1);
}

TEST_CASE("scopes of routes: IPv4 only, a gateway is beyond the link, and none is nowhere") {
    const auto scope = [](const std::string& to, const std::string& way, const std::string& value) {
        return faults_of(with_routes(R"({"to": ")" + to + "\", " + way + ", \"scope\": " + value + "}"));
    };
    const std::string out = "\"interface\": \"eth0\"";
    const std::string via = "\"via\": \"10.0.1.1\"";
    const std::string at = route_0 + "/scope: ";
    CHECK(scope("10.8.0.0/16", out, "\"link\"") == Lines{});
    CHECK(scope("10.8.0.0/16", out, "254") == Lines{});
    CHECK(scope("10.8.0.0/16", out, "255") == Lines{at + "no route can have the scope \"nowhere\""});
    CHECK(scope("10.8.0.0/16", via, "\"nowhere\"") == Lines{at + "no route can have the scope \"nowhere\""});
    CHECK(scope("10.8.0.0/16", via, "252") == Lines{});
    for (const auto* value : {"253", "\"link\"", "\"host\""})
        CHECK(scope("10.8.0.0/16", via, value) ==
              Lines{at + "what lies behind a gateway is farther than the link; leave this out, or \"via\""});
    CHECK(scope("2001:db8::/32", out, "\"link\"") == Lines{at + "IPv6 routes have no scope; leave this out"});
}

TEST_CASE("sizes: as the kernel keeps them, and IPv6 at least 1280") {
    const auto size = [](const std::string& to, const std::string& key, const std::string& value) {
        return faults_of(
            with_routes(R"({"to": ")" + to + R"(", "interface": "eth0", ")" + key + "\": " + value + "}"));
    };
    CHECK(size("10.8.0.0/16", "mtu", "68") == Lines{});
    CHECK(size("10.8.0.0/16", "mtu", "65520") == Lines{});
    CHECK(size("2001:db8::/32", "mtu", "1280") == Lines{});
    CHECK(size("2001:db8::/32", "mtu", "1279") ==
          Lines{route_0 + "/mtu: must be at least 1280 with IPv6, not 1279"});
    CHECK(size("10.8.0.0/16", "mtu", "65521") ==
          Lines{route_0 + "/mtu: must be a whole number from 68 to 65520, not 65521"});
    CHECK(size("10.8.0.0/16", "advmss", "65495") == Lines{});
    CHECK(size("10.8.0.0/16", "advmss", "0") ==
          Lines{route_0 + "/advmss: must be a whole number from 1 to 65495, not 0"});
    CHECK(size("10.8.0.0/16", "metric", "4294967296") ==
          Lines{route_0 + "/metric: must be a whole number from 0 to 4294967295, not 4294967296"});
}

TEST_CASE("a default route of an instance whose addresses were refused has no family to complain of") {
    CHECK(faults_of(R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["x"],
        "routes": [{"to": "default", "interface": "eth0", "source": "fe80::1"}]}}})")
              .size() == 1);
}

} // namespace
} // namespace baton::config
