// A host with two virtual addresses, a neighbor on one side of it and one on the other.
//
//     neighbor 10.0.1.7 -- eth0 10.0.1.2, .100 (virtual) HOST eth1 10.0.2.2 -- 10.0.2.7 far
//
// and the same with fd00:1:: and fd00:2::. The test itself is in the host.
#pragma once

#include "netfilter/accept_filter.h"
#include "tests/unit/netfilter/traffic.h"
#include "tests/unit/netlink/namespace.h"

namespace baton::test {

inline constexpr const char* virtual4 = "10.0.1.100";
inline constexpr const char* virtual6 = "fd00:1::100";
inline constexpr const char* own4 = "10.0.1.2";
inline constexpr const char* own6 = "fd00:1::2";

struct Network : Namespace {
    Network() {
        connect(neighbor, "eth0", "1");
        connect(far, "eth1", "2");
        ip("address add 10.0.1.100/24 dev eth0");
        ip("address add fd00:1::100/64 dev eth0 nodad");
        REQUIRE(run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1") == 0);
        ip("link set lo up");
    }

    // Both ends, with addresses of network `number`; the other end takes the host as its router.
    static void connect(OtherNamespace& other, const std::string& name, const std::string& number) {
        ip("link add " + name + " address 02:00:00:00:00:0" + number + " type veth peer name peer");
        ip("link set peer netns " + other.path());
        ip("address add 10.0." + number + ".2/24 dev " + name);
        ip("address add fd00:" + number + "::2/64 dev " + name + " nodad");
        other.inside([&] {
            ip("address add 10.0." + number + ".7/24 dev peer");
            ip("address add fd00:" + number + "::7/64 dev peer nodad");
            ip("link set peer up");
        });
        bring_up(name);
        other.inside([&] {
            bring_up("peer");
            ip("route add default via 10.0." + number + ".2");
            ip("-6 route add default via fd00:" + number + "::2");
        });
    }

    static netfilter::Unaccepted drop(const char* address, const char* interface = nullptr) {
        return {IpAddress::parse(address).value(), IfIndex(interface == nullptr ? 0 : index_of(interface))};
    }

    static std::string text(const Result<void, Error>& result) { return result ? "" : result.error().text; }

    OtherNamespace neighbor;
    OtherNamespace far;
};

} // namespace baton::test
