// Others' claims of addresses come through, and nothing else does.
#include "net/announcer.h"
#include "net/arp_frame.h"
#include "net/claim_socket.h"
#include "net/frame_socket.h"
#include "tests/unit/net/wire.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

constexpr MacAddress mac{{0x02, 0, 0, 0, 0, 0x09}};
constexpr MacAddress last_mac{{0x02, 0, 0, 0, 0, 0xff}}; // of what ends a test
const Prefix first{IpAddress::v4(10, 0, 1, 100), 24};
const Prefix second{IpAddress::v4(10, 0, 1, 101), 24};
const Prefix first_6 = *Prefix::parse("fe80::100/64");
const Prefix second_6 = *Prefix::parse("fe80::101/64");

struct Claims : Wire6 {
    void say(const Prefix& prefix, const MacAddress& from) {
        peer.inside([&] {
            auto announcer = Announcer::open(context.get_executor()).value();
            CHECK(announcer.announce(there, from, std::vector{prefix}, AnnounceForm::both).empty());
        });
    }

    std::vector<AddressClaim> hear(const std::vector<Prefix>& prefixes) {
        std::vector<AddressClaim> heard;
        bool ended = false;
        socket->start([&] {
            socket->receive([&](IfIndex, const AddressClaim& claim) {
                if (claim.mac == last_mac)
                    ended = true;
                else
                    heard.push_back(claim);
            });
        });
        say(prefixes.front(), last_mac);
        CHECK(run_until(context, [&] { return ended; }));
        return heard;
    }

    void open(Family family, const std::vector<Prefix>& prefixes) {
        std::vector<IpAddress> addresses;
        for (const auto& prefix : prefixes)
            addresses.push_back(prefix.address);
        socket = ClaimSocket::open(context.get_executor(), {here, family, addresses}).value();
    }

    boost::asio::io_context context;
    std::unique_ptr<ClaimSocket> socket;
};

} // namespace

TEST_CASE_FIXTURE(Claims,
                  "gratuitous ARP of other hosts, as request and as reply, and only of these addresses") {
    open(Family::ipv4, {first, second});
    say(Prefix{IpAddress::v4(10, 0, 1, 102), 24}, mac);
    say(second, mac);
    auto announcer = Announcer::open(context.get_executor()).value(); // ourselves
    CHECK(announcer.announce(here, mac, std::vector{first}, AnnounceForm::both).empty());
    const AddressClaim claim{second.address, mac};
    CHECK(hear({first}) == std::vector{claim, claim});
}

TEST_CASE_FIXTURE(Claims, "Neighbor Advertisements of other hosts, and only of these addresses") {
    open(Family::ipv6, {first_6, second_6});
    say(*Prefix::parse("fe80::102/64"), mac);
    say(second_6, mac);
    CHECK(hear({first_6}) == std::vector{AddressClaim{second_6.address, mac}});
}

TEST_CASE_FIXTURE(Claims, "what is for a VLAN that is not here is left out") {
    open(Family::ipv4, {first});
    const auto untagged = gratuitous_arp(mac, first.address, ArpOperation::request);
    std::vector<std::uint8_t> tagged(untagged.begin(), untagged.end());
    const std::array<std::uint8_t, 4> tag{0x81, 0x00, 0x00, 0x0a}; // IEEE 802.1Q: VLAN 10
    tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
    peer.inside([&] {
        auto frames = FrameSocket::open(context.get_executor()).value();
        CHECK(frames.send(there, 0x8100, tagged) == 0);
    });
    CHECK(hear({first}).empty());
}

TEST_CASE_FIXTURE(Claims, "what is for a MAC address above the interface is told apart") {
    ip("link add mv0 link eth0 address 02:00:00:00:00:42 type macvlan mode bridge");
    bring_up("mv0");
    open(Family::ipv4, {first});
    auto frame = gratuitous_arp(mac, first.address, ArpOperation::reply);
    const MacAddress above{{2, 0, 0, 0, 0, 0x42}};
    std::copy(above.octets.begin(), above.octets.end(), frame.begin());
    peer.inside([&] {
        auto frames = FrameSocket::open(context.get_executor()).value();
        CHECK(frames.send(there, ETH_P_ARP, frame) == 0);
    });
    std::optional<IfIndex> heard;
    socket->start(
        [&] { socket->receive([&](IfIndex interface, const AddressClaim&) { heard = interface; }); });
    CHECK(run_until(context, [&] { return heard.has_value(); }));
    CHECK(heard == IfIndex(index_of("mv0")));
}

TEST_CASE_FIXTURE(Claims, "one call reads so many and no more") {
    open(Family::ipv4, {first});
    for (std::size_t i = 0; i < ClaimSocket::at_once; ++i) // two frames each
        say(first, mac);
    std::size_t calls = 0;
    std::size_t heard = 0;
    socket->start([&] {
        ++calls;
        socket->receive([&](IfIndex, const AddressClaim&) { ++heard; });
    });
    CHECK(run_until(context, [&] { return heard == 2 * ClaimSocket::at_once; }));
    CHECK(calls >= 2);
}

TEST_CASE_FIXTURE(Claims, "no socket on an interface that is not there") {
    const auto none =
        ClaimSocket::open(context.get_executor(), {IfIndex(9999), Family::ipv4, {first.address}});
    REQUIRE(none.has_error());
    CHECK(none.error().text.find("hears ARP on") != std::string::npos);
}
