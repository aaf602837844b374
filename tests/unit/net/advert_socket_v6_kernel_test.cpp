// IPv6 adverts between two hosts on one wire: what is told beside them, what leaves, and what must not come
// in.
#include "tests/unit/net/adverts.h"

#include <fstream>
#include <netinet/in.h>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

const IpAddress group = address("ff02::12");
const IpAddress own = address("fe80::2");
const IpAddress peers = address("fe80::3");
const Bytes advert{0x31, 51, 100, 1, 0, 100, 0x99, 0x88, 0xfe, 0x80, 0, 0,
                   0,    0,  0,   0, 0, 0,   0,    0,    0,    0,    0, 0x64};

struct Adverts6 : AdvertPair {
    Adverts6() : AdvertPair(Family::ipv6, {group}) {}
};

std::string refusal(IfIndex interface, const std::vector<IpAddress>& groups) {
    boost::asio::io_context context;
    const auto opened = AdvertSocket::open(context.get_executor(), {interface, vrrp, Family::ipv6, groups});
    REQUIRE_FALSE(opened.has_value());
    return opened.error().text;
}

void switch_ipv6_off(const std::string& interface) {
    std::ofstream("/proc/sys/net/ipv6/conf/" + interface + "/disable_ipv6") << "1" << std::flush;
}

} // namespace

TEST_CASE_FIXTURE(Adverts6,
                  "an IPv6 advert arrives with destination and hop limit, its sender does not hear it") {
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].header.interface == there);
    CHECK(heard[0].header.source == own);
    CHECK(heard[0].header.destination == group);
    CHECK(heard[0].header.hop_limit == 255);
    CHECK(heard[0].payload == advert);
    CHECK(hear(*socket).empty());
}

TEST_CASE_FIXTURE(Adverts6,
                  "the IPv6 frame on the wire: group MAC address, class CS6, hop limit, message untouched") {
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_IPV6); });
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    Bytes frame;
    do // the kernel's own reports and solicitations may pass first
        frame = capture->next();
    while (frame.size() > 20 && frame[20] != vrrp);
    REQUIRE(frame.size() == 14 + 40 + advert.size());
    CHECK(Bytes(frame.begin(), frame.begin() + 6) == Bytes{0x33, 0x33, 0x00, 0x00, 0x00, 0x12});
    CHECK(frame[14] == 0x6c); // version 6 and the upper half of 0xc0
    CHECK((frame[15] >> 4) == 0);
    CHECK(frame[21] == 255);
    CHECK(Bytes(frame.begin() + 54, frame.end()) == advert); // the kernel put in no checksum of its own
}

TEST_CASE_FIXTURE(Adverts6, "the IPv6 source is the address asked for, not the kernel's choice") {
    ip("address add fe80::22/64 dev eth0 nodad");
    ip("address add fd00::2/64 dev eth0 nodad");
    const std::vector<IpAddress> sources{address("fe80::22"), own, address("fd00::2")};
    for (const IpAddress& source : sources)
        REQUIRE(socket->send(source, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, sources.size());
    REQUIRE(heard.size() == sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i)
        CHECK(heard[i].header.source == sources[i]);
}

TEST_CASE_FIXTURE(Adverts6, "an IPv6 advert to one host arrives there, and not at its sender") {
    REQUIRE(socket->send(own, peers, advert, 255).has_value());
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].header.source == own);
    CHECK(heard[0].header.destination == peers);
    CHECK(heard[0].header.hop_limit == 255);
    CHECK(heard[0].payload == advert);
    CHECK(hear(*socket).empty());
}

TEST_CASE_FIXTURE(Adverts6, "the hop limit is the one asked for, to a group and to one host") {
    REQUIRE(socket->send(own, peers, advert, 254).has_value());
    REQUIRE(await(*peer_socket, 1).at(0).header.hop_limit == 254);
    REQUIRE(socket->send(own, group, advert, 1).has_value());
    CHECK(await(*peer_socket, 1).at(0).header.hop_limit == 1);
}

TEST_CASE_FIXTURE(Adverts6, "whatever the checksum says, the message comes in as it was sent") {
    for (const int checksum : {0, 1, 0x8000, 0xffff}) {
        CAPTURE(checksum);
        Bytes message = advert;
        message[6] = static_cast<std::uint8_t>(checksum >> 8);
        message[7] = static_cast<std::uint8_t>(checksum & 0xff);
        REQUIRE(socket->send(own, group, message, 255).has_value());
        CHECK(await(*peer_socket, 1).at(0).payload == message);
    }
}

TEST_CASE_FIXTURE(Adverts6, "IPv6 extension headers are not payload") {
    const Bytes options{0, 0, 1, 4, 0, 0, 0, 0}; // destination options: padding, 6 octets
    const int raw = ::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, vrrp);
    REQUIRE(::setsockopt(raw, IPPROTO_IPV6, IPV6_DSTOPTS, options.data(), 8) == 0);
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_scope_id = here.value;
    REQUIRE(::inet_pton(AF_INET6, "fe80::3", &to.sin6_addr) == 1);
    REQUIRE(::sendto(raw, advert.data(), advert.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                     sizeof to) == static_cast<ssize_t>(advert.size()));
    ::close(raw);
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload == advert);
}

TEST_CASE_FIXTURE(Adverts6, "the longest IPv6 advert comes whole; a longer datagram with its source alone") {
    ip("link set eth0 mtu 9000");
    peer.inside([] { ip("link set eth0 mtu 9000"); });
    const Bytes longest(8 + 255 * 16, 1);
    REQUIRE(socket->send(own, group, longest, 255).has_value());
    REQUIRE(socket->send(own, group, Bytes(5000, 1), 255).has_value());
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, 3);
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].payload == longest);
    CHECK(heard[1].header.source == own);
    CHECK(heard[1].payload.empty());
    CHECK(heard[2].payload == advert);
}

TEST_CASE_FIXTURE(Adverts6, "an IPv6 group that another program joined is not heard; every one joined is") {
    const IpAddress elsewhere = address("ff02::99");
    const auto both = peer.inside([&] { return open(there, {group, elsewhere}); });
    const auto unicast = peer.inside([this] { return open(there, {}); });
    REQUIRE(socket->send(own, elsewhere, Bytes{1}, 255).has_value());
    REQUIRE(socket->send(own, group, Bytes{2}, 255).has_value());
    REQUIRE(socket->send(own, peers, Bytes{3}, 255).has_value());
    const auto by_both = await(*both, 3);
    REQUIRE(by_both.size() == 3);
    CHECK(by_both[0].header.destination == elsewhere);
    CHECK(by_both[1].header.destination == group);
    const auto by_one = await(*peer_socket, 2);
    REQUIRE(by_one.size() == 2);
    CHECK(by_one[0].payload == Bytes{2});
    CHECK(by_one[1].payload == Bytes{3});
    const auto by_none = await(*unicast, 1);
    REQUIRE(by_none.size() == 1);
    CHECK(by_none[0].payload == Bytes{3});
}

TEST_CASE_FIXTURE(Adverts6, "each IPv6 socket hears and speaks on its own interface alone") {
    ip("link add name eth1 index 20 type veth peer name eth1 index 21 netns " + peer.path());
    ip("link set eth1 up");
    const auto peer_second = peer.inside([this] {
        bring_up("eth1");
        ip("address add fe80::3/64 dev eth1 nodad"); // the same address as on eth0
        return open(IfIndex(index_of("eth1")));
    });
    bring_up("eth1");
    ip("address add fe80::2/64 dev eth1 nodad");
    const auto second = open(IfIndex(index_of("eth1")));
    REQUIRE(second->send(own, group, Bytes{2}, 255).has_value());
    REQUIRE(second->send(own, peers, Bytes{3}, 255).has_value());
    const auto on_second = await(*peer_second, 2);
    REQUIRE(on_second.size() == 2);
    CHECK(on_second[0].payload == Bytes{2});
    CHECK(on_second[1].payload == Bytes{3});
    REQUIRE(socket->send(own, group, Bytes{1}, 255).has_value());
    const auto on_first = await(*peer_socket, 1);
    REQUIRE(on_first.size() == 1);
    CHECK(on_first[0].payload == Bytes{1});
}

TEST_CASE_FIXTURE(Adverts6, "an IPv6 source that is not this interface's is refused") {
    const std::string expected =
        ": Invalid argument; the link is down, or the source is not its address or still "
        "under duplicate address detection";
    const auto sent = socket->send(address("fe80::77"), group, advert, 255);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().text == "advert from fe80::77 to " + group.to_string() + " on eth0" + expected);
    ip("link set eth0 down"); // and with it go its addresses
    CHECK(socket->send(own, group, advert, 255).error().text ==
          "advert from fe80::2 to " + group.to_string() + " on eth0" + expected);
}

TEST_CASE_FIXTURE(Adverts6,
                  "an IPv6 source under duplicate address detection is refused until that is over") {
    ip("address add fe80::22/64 dev eth0");
    CHECK(socket->send(address("fe80::22"), group, advert, 255).has_error());
    CHECK(run_until(context,
                    [&] { return socket->send(address("fe80::22"), group, advert, 255).has_value(); }));
}

TEST_CASE_FIXTURE(Adverts6, "a group joined before the link went down is heard after it came up") {
    peer.inside([] {
        ip("link set eth0 down");
        ip("link set eth0 up");
    });
    ip("link set eth0 down");
    bring_up("eth0");
    ip("address add fe80::2/64 dev eth0 nodad");
    peer.inside([] { bring_up("eth0"); });
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    CHECK(await(*peer_socket, 1).size() == 1);
}

TEST_CASE_FIXTURE(Wire, "no IPv6 socket on an interface that is not there, or does no IPv6, and why") {
    for (const auto& groups : {std::vector{group}, std::vector<IpAddress>{}}) {
        CHECK(refusal(IfIndex(9999), groups) ==
              "cannot open the IPv6 advert socket on interface number 9999: No such device");
        ip("link add name eth7 type veth peer name eth8");
        const IfIndex made(index_of("eth7"));
        switch_ipv6_off("eth7");
        CHECK(refusal(made, groups) ==
              "cannot open the IPv6 advert socket on eth7: IPv6 is switched off there; "
              "write 0 to /proc/sys/net/ipv6/conf/eth7/disable_ipv6");
        ip("link set eth7 mtu 1000");
        CHECK(refusal(made, groups) == "cannot open the IPv6 advert socket on eth7: the kernel keeps no IPv6 "
                                       "there; is its MTU below 1280?");
        ip("link del eth7");
    }
}

TEST_CASE_FIXTURE(Wire, "no IPv6 socket without CAP_NET_RAW, and what to do about it") {
    const Without capability(CAP_NET_RAW);
    CHECK(refusal(here, {group}).starts_with("batond needs CAP_NET_RAW to open raw sockets; "));
}
