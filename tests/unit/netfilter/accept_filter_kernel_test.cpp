// Accept_Mode off on a real kernel: what is dropped, and what must not be.
#include "tests/unit/netfilter/network.h"

#include <fstream>
#include <netinet/icmp6.h>

using namespace baton;
using namespace baton::netfilter;
using namespace baton::test;

namespace {

struct Filtered : Network {
    Filtered() : filter(AcceptFilter::open().value()) {}

    std::string hold(const std::vector<Unaccepted>& all) { return text(filter.hold(all)); }
    std::string release(const std::vector<Unaccepted>& all) { return text(filter.release(all)); }
    static Icmp icmp(OtherNamespace& where, Family family) {
        return where.inside([&] { return Icmp(family); });
    }

    AcceptFilter filter;
};

} // namespace

TEST_CASE_FIXTURE(Filtered,
                  "echo requests to a virtual address are dropped while it is held, and only to it") {
    struct Row {
        Family family;
        const char* address;
        const char* own;
    };
    for (const Row& row : {Row{Family::ipv4, virtual4, own4}, Row{Family::ipv6, virtual6, own6}}) {
        CAPTURE(row.address);
        Icmp icmp = Filtered::icmp(neighbor, row.family);
        CHECK(icmp.echoes(row.address));
        CHECK(hold({drop(row.address)}).empty());
        CHECK(icmp.silent(row.address, row.own));
        Icmp here(row.family); // from the host itself as well
        CHECK(here.silent(row.address, row.own));
        CHECK(release({drop(row.address)}).empty());
        CHECK(icmp.echoes(row.address));
    }
}

TEST_CASE_FIXTURE(Filtered, "TCP connections to a virtual address are not answered while it is held") {
    const Descriptor listener = listen_on(80);
    const auto connecting = [&](const char* address) {
        return neighbor.inside([&] { return begin_connecting(address, 80); });
    };
    constexpr int long_enough = 20000;
    CHECK(connected(connecting(virtual4), long_enough));
    CHECK(connected(connecting(virtual6), long_enough));
    CHECK(hold({drop(virtual4), drop(virtual6)}).empty());
    const Descriptor four = connecting(virtual4);
    const Descriptor six = connecting(virtual6);
    // Its first octet is that of a Neighbor Solicitation.
    constexpr std::uint16_t disguised = ND_NEIGHBOR_SOLICIT << 8;
    const Descriptor other = neighbor.inside([] { return begin_connecting(virtual6, 80, disguised); });
    CHECK(connected(connecting(own4), long_enough));
    CHECK(connected(connecting(own6), long_enough));
    CHECK_FALSE(connected(four, 0));
    CHECK_FALSE(connected(six, 0));
    CHECK_FALSE(connected(other, 0));
    CHECK(release({drop(virtual4), drop(virtual6)}).empty());
    CHECK(connected(connecting(virtual4), long_enough));
    CHECK(connected(connecting(virtual6), long_enough));
}

TEST_CASE_FIXTURE(Filtered, "ARP for a held address is answered") {
    CHECK(hold({drop(virtual4)}).empty());
    CHECK(icmp(neighbor, Family::ipv4).silent(virtual4, own4)); // asks by ARP first
    const bool known = neighbor.inside([] {
        std::ifstream table("/proc/self/net/arp");
        for (std::string line; std::getline(table, line);)
            if (line.starts_with("10.0.1.100 ") && line.find("02:00:00:00:00:01") != std::string::npos)
                return true;
        return false;
    });
    CHECK(known);
}

TEST_CASE_FIXTURE(Filtered, "Neighbor Solicitations to a held address are answered, echo requests are not") {
    // So that the neighbor's kernel has nothing to ask for itself.
    neighbor.inside([] { ip("-6 neigh add fd00:1::100 lladdr 02:00:00:00:00:01 nud permanent dev peer"); });
    CHECK(hold({drop(virtual6)}).empty());
    Icmp there = icmp(neighbor, Family::ipv6);
    CHECK(there.silent(virtual6, own6));
    there.send_neighbor_message(ND_NEIGHBOR_SOLICIT, virtual6, virtual6);
    CHECK(there.hears_neighbor_message(ND_NEIGHBOR_ADVERT, virtual6));
}

TEST_CASE_FIXTURE(Filtered, "Neighbor Advertisements to a held address come in, other ICMPv6 does not") {
    CHECK(hold({drop(virtual6)}).empty());
    Icmp here(Family::ipv6);
    Icmp there = icmp(neighbor, Family::ipv6);
    CHECK(there.silent(virtual6, own6));
    there.send_neighbor_message(ND_REDIRECT, virtual6, "fd00:1::77");
    there.send_neighbor_message(ND_ROUTER_ADVERT, virtual6, "fd00:1::77");
    there.send_neighbor_message(ND_NEIGHBOR_ADVERT, virtual6, "fd00:1::77");
    CHECK(here.hears_neighbor_message(ND_NEIGHBOR_ADVERT, "fd00:1::77"));
    CHECK(there.echoes(own6)); // everything has been dealt with
    while (here.hears_neighbor_message(ND_NEIGHBOR_ADVERT, "fd00:1::77")) {
    }
    there.send_neighbor_message(ND_REDIRECT, virtual6, "fd00:1::78");
    CHECK_FALSE(here.hears_neighbor_message(ND_REDIRECT, "fd00:1::78"));
}

TEST_CASE_FIXTURE(Filtered, "what is forwarded is untouched, whatever is held") {
    CHECK(hold({drop(virtual4), drop(virtual6), drop("10.0.2.7"), drop("fd00:2::7"), drop("10.0.1.7"),
                drop("fd00:1::7")})
              .empty());
    CHECK(icmp(neighbor, Family::ipv4).echoes("10.0.2.7"));
    CHECK(icmp(neighbor, Family::ipv6).echoes("fd00:2::7"));
    CHECK(icmp(far, Family::ipv4).echoes("10.0.1.7"));
    CHECK(icmp(far, Family::ipv6).echoes("fd00:1::7"));
}

TEST_CASE_FIXTURE(Filtered, "held on one interface, an address is reached by the others") {
    CHECK(hold({drop(virtual4, "eth0"), drop(virtual6, "eth0")}).empty());
    CHECK(icmp(neighbor, Family::ipv4).silent(virtual4, own4));
    CHECK(icmp(neighbor, Family::ipv6).silent(virtual6, own6));
    CHECK(icmp(far, Family::ipv4).echoes(virtual4));
    CHECK(icmp(far, Family::ipv6).echoes(virtual6));
    CHECK(hold({drop(virtual4)}).empty()); // beside: now by any
    CHECK(icmp(far, Family::ipv4).silent(virtual4, own4));
    CHECK(release({drop(virtual4), drop(virtual6, "eth0")}).empty());
    CHECK(icmp(far, Family::ipv4).echoes(virtual4));
    CHECK(icmp(neighbor, Family::ipv6).echoes(virtual6));
    CHECK(icmp(neighbor, Family::ipv4).silent(virtual4, own4));
}

TEST_CASE_FIXTURE(Filtered, "holding what is held and releasing what is not is fine") {
    CHECK(release({drop(virtual4)}).empty());
    CHECK(hold({drop(virtual4), drop(virtual4)}).empty());
    CHECK(hold({drop(virtual4), drop(virtual6)}).empty());
    CHECK(icmp(neighbor, Family::ipv4).silent(virtual4, own4));
    CHECK(release({drop(virtual4)}).empty());
    CHECK(release({drop(virtual4)}).empty());
    CHECK(icmp(neighbor, Family::ipv4).echoes(virtual4));
    CHECK(icmp(neighbor, Family::ipv6).silent(virtual6, own6));
    CHECK(hold({}).empty());
}

TEST_CASE_FIXTURE(Filtered, "five thousand addresses of both families are held and released") {
    std::vector<Unaccepted> many{drop(virtual4), drop(virtual6)};
    for (unsigned i = 0; i < 5000; ++i) {
        const auto high = static_cast<std::uint8_t>(i / 250);
        const auto low = static_cast<std::uint8_t>(i % 250 + 1);
        std::array<std::uint8_t, 16> octets{0xfd};
        octets[14] = high;
        octets[15] = low;
        const IfIndex interface(i % 3);
        many.push_back({i % 2 == 0 ? IpAddress::v4(172, 16, high, low) : IpAddress::v6(octets), interface});
    }
    CHECK(hold(many).empty());
    CHECK(icmp(neighbor, Family::ipv4).silent(virtual4, own4));
    CHECK(icmp(neighbor, Family::ipv6).silent(virtual6, own6));
    CHECK(release(many).empty());
    CHECK(icmp(neighbor, Family::ipv4).echoes(virtual4));
    CHECK(icmp(neighbor, Family::ipv6).echoes(virtual6));
}
