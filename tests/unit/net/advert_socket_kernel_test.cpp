// IPv4 adverts between two hosts on one wire: what leaves, what arrives, and what must not.
#include "tests/unit/net/adverts.h"

#include <netinet/in.h>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

constexpr IpAddress group = IpAddress::v4(224, 0, 0, 18);
constexpr IpAddress own = IpAddress::v4(10, 0, 1, 2);
constexpr IpAddress peers = IpAddress::v4(10, 0, 1, 3);
const Bytes advert{0x31, 51, 100, 1, 0, 100, 0x99, 0x88, 10, 0, 1, 100};

struct Adverts : AdvertPair {
    Adverts() : AdvertPair(Family::ipv4, {group}) {}
};

} // namespace

TEST_CASE_FIXTURE(Adverts, "an advert arrives with what its header says, and its sender does not hear it") {
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

TEST_CASE_FIXTURE(Adverts, "the frame on the wire: group MAC address, class CS6, TTL 255, no options") {
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_IP); });
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    Bytes frame;
    do // IGMP's report of the join may pass first
        frame = capture->next();
    while (frame.size() > 23 && frame[23] != vrrp);
    REQUIRE(frame.size() == 14 + 20 + advert.size());
    CHECK(Bytes(frame.begin(), frame.begin() + 6) == Bytes{0x01, 0x00, 0x5e, 0x00, 0x00, 0x12});
    CHECK(frame[14] == 0x45);
    CHECK(frame[15] == 0xc0);
    CHECK(frame[22] == 255);
}

TEST_CASE_FIXTURE(Adverts, "the source is the address asked for, not the kernel's choice") {
    ip("address add 10.0.1.102/24 dev eth0");
    REQUIRE(socket->send(IpAddress::v4(10, 0, 1, 102), group, advert, 255).has_value());
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, 2);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].header.source == IpAddress::v4(10, 0, 1, 102));
    CHECK(heard[1].header.source == own);
}

TEST_CASE_FIXTURE(Adverts, "an advert to one host arrives there, TTL 255") {
    REQUIRE(socket->send(own, peers, advert, 255).has_value());
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].header.destination == peers);
    CHECK(heard[0].header.hop_limit == 255);
}

TEST_CASE_FIXTURE(Adverts, "the TTL is the one asked for, to a group and to one host") {
    REQUIRE(socket->send(own, group, advert, 1).has_value());
    REQUIRE(socket->send(own, peers, advert, 254).has_value());
    const auto heard = await(*peer_socket, 2);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].header.hop_limit == 1);
    CHECK(heard[1].header.hop_limit == 254);
}

TEST_CASE_FIXTURE(Adverts, "a socket without a group hears what is sent to this host alone") {
    const auto unicast = peer.inside([this] { return open(there, {}); });
    REQUIRE(socket->send(own, group, Bytes{1}, 255).has_value());
    REQUIRE(socket->send(own, peers, Bytes{2}, 255).has_value());
    const auto heard = await(*unicast, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload == Bytes{2});
    CHECK(await(*peer_socket, 2).size() == 2);
}

TEST_CASE_FIXTURE(Adverts, "every one of several groups is heard") {
    const IpAddress second = IpAddress::v4(224, 0, 0, 99);
    const auto both = peer.inside([&] { return open(there, {group, second}); });
    REQUIRE(socket->send(own, group, Bytes{1}, 255).has_value());
    REQUIRE(socket->send(own, second, Bytes{2}, 255).has_value());
    const auto heard = await(*both, 2);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].header.destination == group);
    CHECK(heard[1].header.destination == second);
}

TEST_CASE_FIXTURE(Adverts, "many are read in one go, in order, and then there are none") {
    for (std::uint8_t i = 0; i < 100; ++i)
        REQUIRE(socket->send(own, group, Bytes{i}, 255).has_value());
    const auto heard = await(*peer_socket, 100);
    REQUIRE(heard.size() == 100);
    for (std::uint8_t i = 0; i < 100; ++i)
        CHECK(heard[i].payload == Bytes{i});
    CHECK(hear(*peer_socket).empty());
}

TEST_CASE_FIXTURE(Adverts, "IP options are not payload") {
    const Bytes options{1, 1, 1, 0}; // no operation, three times; end of list
    const int raw = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, vrrp);
    REQUIRE(::setsockopt(raw, IPPROTO_IP, IP_OPTIONS, options.data(), 4) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = ::inet_addr("10.0.1.3");
    REQUIRE(::sendto(raw, advert.data(), advert.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                     sizeof to) == static_cast<ssize_t>(advert.size()));
    ::close(raw);
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload == advert);
}

TEST_CASE_FIXTURE(Adverts, "a datagram longer than any advert comes with its source and nothing else") {
    ip("link set eth0 mtu 9000");
    peer.inside([] { ip("link set eth0 mtu 9000"); });
    REQUIRE(socket->send(own, group, Bytes(5000, 1), 255).has_value());
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, 2);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].header.source == own);
    CHECK(heard[0].payload.empty());
    CHECK(heard[1].payload == advert);
}

TEST_CASE_FIXTURE(Adverts, "each socket hears its own interface alone") {
    ip("link add name eth1 index 20 type veth peer name eth1 index 21 netns " + peer.path());
    ip("link set eth1 up");
    ip("address add 10.0.2.2/24 dev eth1");
    const auto second = open(IfIndex(index_of("eth1")));
    const auto peer_second = peer.inside([this] {
        bring_up("eth1");
        ip("address add 10.0.2.3/24 dev eth1");
        return open(IfIndex(index_of("eth1")));
    });
    bring_up("eth1");
    REQUIRE(second->send(IpAddress::v4(10, 0, 2, 2), group, Bytes{2}, 255).has_value());
    REQUIRE(second->send(IpAddress::v4(10, 0, 2, 2), IpAddress::v4(10, 0, 2, 3), Bytes{3}, 255).has_value());
    REQUIRE(socket->send(own, group, Bytes{1}, 255).has_value());
    const auto on_second = await(*peer_second, 2);
    const auto on_first = await(*peer_socket, 1);
    REQUIRE(on_second.size() == 2);
    CHECK(on_second[0].payload == Bytes{2});
    CHECK(on_second[1].payload == Bytes{3});
    REQUIRE(on_first.size() == 1);
    CHECK(on_first[0].payload == Bytes{1});
}

TEST_CASE_FIXTURE(Adverts, "a group that another program joined is not heard, nor does it wake") {
    const IpAddress elsewhere = IpAddress::v4(224, 0, 0, 99);
    const auto other = peer.inside([&] { return open(there, {elsewhere}); });
    int calls = 0;
    peer_socket->start([&] { ++calls; });
    REQUIRE(socket->send(own, elsewhere, Bytes{9}, 255).has_value());
    CHECK(await(*other, 1).size() == 1);
    context.restart();
    context.poll();
    CHECK(calls == 0);
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    const auto heard = await(*peer_socket, 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload == advert);
}

TEST_CASE_FIXTURE(Adverts, "what is left unread calls again") {
    int calls = 0;
    peer_socket->start([&] { ++calls; });
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    CHECK(run_until(context, [&] { return calls >= 3; }));
    CHECK(hear(*peer_socket).size() == 1);
}

TEST_CASE_FIXTURE(Adverts, "a socket that is gone is not called by a wait that was under way") {
    int calls = 0;
    peer_socket->start([&] { ++calls; });
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    peer_socket.reset();
    context.restart();
    CHECK(context.run() <= 1);
    CHECK(calls == 0);
}

TEST_CASE_FIXTURE(Adverts, "a source that is not this host's is refused") {
    const auto sent = socket->send(IpAddress::v4(10, 0, 1, 77), group, advert, 255);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().text.starts_with("advert from 10.0.1.77 to 224.0.0.18 on eth0: "));
    CHECK(sent.error().text.ends_with("; the link is down, or the source is not its address"));
}

TEST_CASE_FIXTURE(Adverts, "a link that is down is said to be, and works once it is up again") {
    ip("link set eth0 down");
    const auto sent = socket->send(own, group, advert, 255);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().text == "advert from 10.0.1.2 to 224.0.0.18 on eth0: Network is unreachable; "
                               "the link is down, or the source is not its address");
    // To a peer there may be other causes.
    CHECK(socket->send(own, IpAddress::v4(10, 9, 9, 9), advert, 255).error().text ==
          "advert from 10.0.1.2 to 10.9.9.9 on eth0: Network is unreachable");
    bring_up("eth0");
    peer.inside([] { bring_up("eth0"); }); // it had lost its carrier meanwhile
    REQUIRE(socket->send(own, group, advert, 255).has_value());
    CHECK(await(*peer_socket, 1).size() == 1);
    REQUIRE(peer.inside([this] { return peer_socket->send(peers, group, advert, 255); }).has_value());
    CHECK(await(*socket, 1).size() == 1);
}

TEST_CASE_FIXTURE(Wire, "no socket on an interface that is not there") {
    boost::asio::io_context context;
    for (const auto& groups : {std::vector{group}, std::vector<IpAddress>{}}) {
        const auto opened =
            AdvertSocket::open(context.get_executor(), {IfIndex(9999), vrrp, Family::ipv4, groups});
        REQUIRE_FALSE(opened.has_value());
        CHECK(
            opened.error().text.starts_with("cannot open the IPv4 advert socket on interface number 9999: "));
    }
}

TEST_CASE_FIXTURE(Wire, "no socket without CAP_NET_RAW, and what to do about it") {
    boost::asio::io_context context;
    const Without capability(CAP_NET_RAW);
    const auto opened = AdvertSocket::open(context.get_executor(), {here, vrrp, Family::ipv4, {group}});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().text.starts_with("batond needs CAP_NET_RAW to open raw sockets; run it as root or "
                                          "grant the capability (setcap "));
}
