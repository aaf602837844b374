// Gratuitous ARP as it arrives at the other end of the wire.
#include "net/announcer.h"
#include "net/arp_frame.h"
#include "tests/unit/net/wire.h"

#include <boost/asio/io_context.hpp>
#include <fstream>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

const MacAddress mac{{2, 0, 0, 0, 0, 7}};

struct Announcing : Wire {
    Announcing() : announcer(Announcer::open(context.get_executor()).value()) {}

    std::string announce(const std::vector<std::string>& words) {
        std::vector<Prefix> addresses;
        for (const std::string& word : words)
            addresses.push_back(Prefix::parse(word).value());
        return describe(announcer.announce(here, mac, addresses));
    }

    boost::asio::io_context context;
    Announcer announcer;
};

} // namespace

TEST_CASE_FIXTURE(Announcing, "one frame an address arrives, in order") {
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_ARP); });
    CHECK(announce({"10.0.1.100/24", "10.0.1.101/24"}).empty());
    for (const std::uint8_t last : {std::uint8_t{100}, std::uint8_t{101}}) {
        const ArpFrame expected = gratuitous_arp(mac, IpAddress::v4(10, 0, 1, last));
        CHECK(capture->next() == std::vector<std::uint8_t>(expected.begin(), expected.end()));
    }
}

TEST_CASE_FIXTURE(Announcing, "a neighbour that knew another MAC address knows the new one") {
    const auto neighbours = [this] {
        return peer.inside([] {
            std::ifstream file("/proc/thread-self/net/arp");
            return std::string(std::istreambuf_iterator<char>(file), {});
        });
    };
    peer.inside([] { ip("neighbour add 10.0.1.100 lladdr 02:00:00:00:00:01 dev eth0 nud stale"); });
    REQUIRE(neighbours().find("02:00:00:00:00:01") != std::string::npos);
    CHECK(announce({"10.0.1.100/24"}).empty());
    const auto end = std::chrono::steady_clock::now() + patience;
    std::string seen;
    do
        seen = neighbours();
    while (seen.find("02:00:00:00:00:07") == std::string::npos && std::chrono::steady_clock::now() < end);
    CHECK(seen.find("02:00:00:00:00:07") != std::string::npos);
}

TEST_CASE_FIXTURE(Announcing, "a link that is down is said to be") {
    ip("link set eth0 down");
    CHECK(announce({"10.0.1.100/24", "10.0.1.101/24"}) ==
          "announcing 10.0.1.100 on eth0: Network is down; announcing 10.0.1.101 on eth0: Network is down");
}

TEST_CASE_FIXTURE(Announcing, "an interface that is gone is named by its number") {
    ip("link del eth0");
    CHECK(announce({"10.0.1.100/24"}) == "announcing 10.0.1.100 on interface number " +
                                             std::to_string(here.value) + ": No such device or address");
}

TEST_CASE_FIXTURE(Announcing, "an IPv6 address fails by itself, and the next is announced") {
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_ARP); });
    CHECK(announce({"fd00::1/64", "10.0.1.100/24"}) ==
          "announcing fd00::1 on eth0: only IPv4 addresses can be announced");
    CHECK(capture->next().size() == 42);
}
