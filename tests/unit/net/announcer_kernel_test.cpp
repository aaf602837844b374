// Gratuitous ARP and Neighbor Advertisements as they arrive at the other end of the wire.
#include "net/announcer.h"
#include "net/arp_frame.h"
#include "net/na_frame.h"
#include "tests/unit/net/wire.h"

#include <boost/asio/io_context.hpp>
#include <cstdio>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

const MacAddress mac{{2, 0, 0, 0, 0, 7}};

std::vector<std::uint8_t> bytes_of(const auto& frame) { return {frame.begin(), frame.end()}; }

struct Announcing : Wire6 {
    Announcing() : announcer(Announcer::open(context.get_executor()).value()) {}

    std::string announce(const std::vector<std::string>& words, AnnounceForm form = AnnounceForm::request) {
        std::vector<Prefix> addresses;
        for (const std::string& word : words)
            addresses.push_back(Prefix::parse(word).value());
        return describe(announcer.announce(here, mac, addresses, form));
    }

    std::unique_ptr<Capture> capture(std::uint16_t ethertype) {
        return peer.inside([&] { return std::make_unique<Capture>(there, ethertype); });
    }

    // What the peer knows of its neighbours.
    std::string neighbours() {
        return peer.inside([] {
            FILE* const output = ::popen("ip neighbour show dev eth0", "r");
            REQUIRE(output != nullptr);
            std::string text;
            for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output))
                text += static_cast<char>(c);
            REQUIRE(::pclose(output) == 0);
            return text;
        });
    }

    // Waits until that is among it.
    bool come_to_know(const std::string& line) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (neighbours().find(line) == std::string::npos)
            if (std::chrono::steady_clock::now() > end)
                return false;
        return true;
    }

    boost::asio::io_context context;
    Announcer announcer;
};

} // namespace

TEST_CASE_FIXTURE(Announcing, "one frame an address arrives, in order") {
    const auto arp = capture(ETH_P_ARP);
    CHECK(announce({"10.0.1.100/24", "10.0.1.101/24"}).empty());
    for (const std::uint8_t last : {std::uint8_t{100}, std::uint8_t{101}})
        CHECK(arp->next() ==
              bytes_of(gratuitous_arp(mac, IpAddress::v4(10, 0, 1, last), ArpOperation::request)));
}

TEST_CASE_FIXTURE(Announcing, "the form asked for: a request, a reply, or a request and then a reply") {
    const auto arp = capture(ETH_P_ARP);
    const auto address = IpAddress::v4(10, 0, 1, 100);
    const auto request = bytes_of(gratuitous_arp(mac, address, ArpOperation::request));
    const auto reply = bytes_of(gratuitous_arp(mac, address, ArpOperation::reply));
    CHECK(announce({"10.0.1.100/24"}, AnnounceForm::reply).empty());
    CHECK(announce({"10.0.1.100/24"}, AnnounceForm::request).empty());
    CHECK(announce({"10.0.1.100/24"}, AnnounceForm::both).empty());
    CHECK(arp->next() == reply);
    CHECK(arp->next() == request);
    CHECK(arp->next() == request);
    CHECK(arp->next() == reply);
}

TEST_CASE_FIXTURE(Announcing, "a neighbour that knew another MAC address knows the new one") {
    AnnounceForm form{};
    SUBCASE("by request") { form = AnnounceForm::request; }
    SUBCASE("by reply") { form = AnnounceForm::reply; }
    peer.inside([] { ip("neighbour add 10.0.1.100 lladdr 02:00:00:00:00:01 dev eth0 nud stale"); });
    REQUIRE(neighbours().find("10.0.1.100 lladdr 02:00:00:00:00:01") != std::string::npos);
    CHECK(announce({"10.0.1.100/24"}, form).empty());
    CHECK(come_to_know("10.0.1.100 lladdr 02:00:00:00:00:07"));
}

TEST_CASE_FIXTURE(Announcing, "in IPv6 too, and it takes the address for a router's") {
    peer.inside([] {
        ip("neighbour add fe80::64 lladdr 02:00:00:00:00:01 dev eth0 nud stale");
        ip("neighbour add fd00::64 lladdr 02:00:00:00:00:01 dev eth0 nud reachable");
    });
    REQUIRE(neighbours().find("fe80::64 lladdr 02:00:00:00:00:01 STALE") != std::string::npos);
    CHECK(announce({"fe80::64/64", "fd00::64/64"}).empty());
    CHECK(come_to_know("fe80::64 lladdr 02:00:00:00:00:07 router"));
    CHECK(come_to_know("fd00::64 lladdr 02:00:00:00:00:07 router"));
}

TEST_CASE_FIXTURE(Announcing, "addresses of both families: each in its own way, whatever the form for IPv4") {
    const auto arp = capture(ETH_P_ARP);
    const auto ipv6 = capture(ETH_P_IPV6);
    CHECK(announce({"fd00::64/64", "10.0.1.100/24"}, AnnounceForm::reply).empty());
    CHECK(arp->next() == bytes_of(gratuitous_arp(mac, IpAddress::v4(10, 0, 1, 100), ArpOperation::reply)));
    std::vector<std::uint8_t> frame;
    do // the kernel's own solicitations and reports may pass first
        frame = ipv6->next();
    while (!std::equal(mac.octets.begin(), mac.octets.end(), frame.begin() + 6));
    CHECK(frame == bytes_of(unsolicited_na(mac, IpAddress::parse("fd00::64").value())));
}

TEST_CASE_FIXTURE(Announcing, "a link that is down is said to be") {
    ip("link set eth0 down");
    CHECK(announce({"10.0.1.100/24", "fd00::64/64"}, AnnounceForm::both) ==
          "announcing 10.0.1.100 on eth0: Network is down; announcing fd00::64 on eth0: Network is down");
}

TEST_CASE_FIXTURE(Announcing, "an interface that is gone is named by its number") {
    ip("link del eth0");
    CHECK(announce({"10.0.1.100/24"}) == "announcing 10.0.1.100 on interface number " +
                                             std::to_string(here.value) + ": No such device or address");
}
