// The adverts of an owner that has no other address than the one this host holds for it.
#include "net/advert_frame.h"
#include "net/advert_socket.h"
#include "net/frame_socket.h"
#include "net/owner_socket.h"
#include "tests/unit/net/wire.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>

using namespace baton;
using namespace baton::net;
using namespace baton::test;

namespace {

constexpr std::uint8_t vrrp = 112;
constexpr std::uint8_t other_protocol = 253; // for experiments (RFC 3692)
constexpr IpAddress group = IpAddress::v4(224, 0, 0, 18);
constexpr IpAddress virtual_address = IpAddress::v4(10, 0, 1, 100);
using Bytes = std::vector<std::uint8_t>;
const Bytes first{1, 2, 3};
const Bytes last{9};

struct Owner : Wire {
    Owner() {
        ip("address add 10.0.1.100/24 dev eth0");
        peer.inside([this] {
            ip("address add 10.0.1.100/24 dev eth0");
            sender = AdvertSocket::open(context.get_executor(), {there, vrrp, Family::ipv4, {group}}).value();
            stranger =
                AdvertSocket::open(context.get_executor(), {there, other_protocol, Family::ipv4, {group}})
                    .value();
        });
        advert_socket =
            AdvertSocket::open(context.get_executor(), {here, vrrp, Family::ipv4, {group}}).value();
    }

    std::unique_ptr<OwnerSocket> open(std::vector<IpAddress> sources) {
        return OwnerSocket::open(context.get_executor(), {here, vrrp, std::move(sources)}).value();
    }

    void say(AdvertSocket& by, const IpAddress& source, const Bytes& words) {
        peer.inside([&] { REQUIRE(by.send(source, group, words, 255).has_value()); });
    }

    // What it hears until `last` comes, that not counted.
    std::vector<std::pair<IpAddress, Bytes>> hear(OwnerSocket& socket) {
        std::vector<std::pair<IpAddress, Bytes>> heard;
        bool ended = false;
        socket.start([&] {
            socket.receive_all([&](const Datagram& datagram) {
                const Bytes words(datagram.payload.begin(), datagram.payload.end());
                if (words == last)
                    ended = true;
                else
                    heard.emplace_back(datagram.source, words);
            });
        });
        CHECK(run_until(context, [&] { return ended; }));
        return heard;
    }

    boost::asio::io_context context;
    std::unique_ptr<AdvertSocket> sender;
    std::unique_ptr<AdvertSocket> stranger;
    std::unique_ptr<AdvertSocket> advert_socket;
};

} // namespace

TEST_CASE_FIXTURE(Owner, "an advert from an address that this host holds is heard here, and only here") {
    const auto socket = open({virtual_address});
    say(*sender, virtual_address, first);
    say(*sender, virtual_address, last);
    const auto heard = hear(*socket);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].first == virtual_address);
    CHECK(heard[0].second == first);
    CHECK(advert_socket->receive_all([](const Datagram&) {}) == 0);
}

TEST_CASE_FIXTURE(Owner,
                  "other sources, other protocols and our own adverts do not come through the filter") {
    const auto socket = open({IpAddress::v4(10, 0, 1, 99), virtual_address});
    say(*sender, IpAddress::v4(10, 0, 1, 3), first);
    say(*stranger, virtual_address, first);
    REQUIRE(advert_socket->send(virtual_address, group, first, 255).has_value());
    say(*sender, virtual_address, last);
    CHECK(hear(*socket).empty());
}

TEST_CASE_FIXTURE(Owner, "what is for a MAC address above the interface is not this one's") {
    ip("link add mv0 link eth0 address 02:00:00:00:00:42 type macvlan mode bridge");
    bring_up("mv0");
    const auto socket = open({virtual_address});
    peer.inside([&] {
        AdvertFrameBuffer buffer;
        const auto group_frame =
            advert_frame({{{2, 0, 0, 0, 0, 9}}, virtual_address, group, 255, vrrp}, first, buffer);
        Bytes frame(group_frame.begin(), group_frame.end());
        const Bytes above{2, 0, 0, 0, 0, 0x42};
        std::copy(above.begin(), above.end(), frame.begin());
        auto frames = FrameSocket::open(context.get_executor()).value();
        CHECK(frames.send(there, ETH_P_IP, frame) == 0);
    });
    say(*sender, virtual_address, last);
    CHECK(hear(*socket).empty());
}

TEST_CASE_FIXTURE(Owner, "more addresses than one filter can name: every source is let through") {
    std::vector<IpAddress> many;
    for (std::uint8_t third = 0; third < 16; ++third)
        for (int fourth = 0; fourth < 256; ++fourth)
            many.push_back(IpAddress::v4(10, 9, third, static_cast<std::uint8_t>(fourth)));
    const auto socket = open(many);
    say(*stranger, virtual_address, first);
    say(*sender, IpAddress::v4(10, 0, 1, 3), first);
    say(*sender, virtual_address, last);
    const auto heard = hear(*socket);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].first == IpAddress::v4(10, 0, 1, 3));
}

TEST_CASE_FIXTURE(Owner, "no socket on an interface that is not there") {
    const auto socket = OwnerSocket::open(context.get_executor(), {IfIndex(9999), vrrp, {virtual_address}});
    REQUIRE(socket.has_error());
    CHECK(socket.error().text.find("adverts of an owner") != std::string::npos);
}
