// Two hosts on one wire, each with an advert socket.
#pragma once

#include "net/advert_socket.h"
#include "tests/unit/net/wire.h"

#include <boost/asio/io_context.hpp>
#include <linux/capability.h>
#include <sys/syscall.h>

namespace baton::test {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::uint8_t vrrp = 112;

/// A datagram with its payload kept.
struct Heard {
    Datagram header;
    Bytes payload;
};

/// What waits there now.
inline std::vector<Heard> hear(net::AdvertSocket& from) {
    std::vector<Heard> heard;
    const std::size_t count = from.receive_all([&](const Datagram& datagram) {
        heard.push_back({datagram, {datagram.payload.begin(), datagram.payload.end()}});
    });
    CHECK(count == heard.size());
    return heard;
}

struct AdvertPair : Wire6 {
    AdvertPair(Family which, std::vector<IpAddress> joined)
        : family(which), groups(std::move(joined)), socket(open(here)),
          peer_socket(peer.inside([this] { return open(there); })) {}

    std::unique_ptr<net::AdvertSocket> open(IfIndex interface) { return open(interface, groups); }

    std::unique_ptr<net::AdvertSocket> open(IfIndex interface, const std::vector<IpAddress>& joined) {
        return net::AdvertSocket::open(context.get_executor(), {interface, vrrp, family, joined}).value();
    }

    /// Awaits at least `count`.
    std::vector<Heard> await(net::AdvertSocket& from, std::size_t count) {
        std::vector<Heard> heard;
        from.start([&] {
            for (auto& each : hear(from))
                heard.push_back(std::move(each));
        });
        CHECK(run_until(context, [&] { return heard.size() >= count; }));
        return heard;
    }

    Family family;
    std::vector<IpAddress> groups;
    boost::asio::io_context context;
    std::unique_ptr<net::AdvertSocket> socket;
    std::unique_ptr<net::AdvertSocket> peer_socket;
};

/// Takes one effective capability away for as long as it lives (capabilities(7)).
class Without {
public:
    explicit Without(unsigned capability) {
        REQUIRE(::syscall(SYS_capget, &header_, before_.data()) == 0);
        auto less = before_;
        less[capability / 32].effective &= ~(1U << capability % 32);
        REQUIRE(::syscall(SYS_capset, &header_, less.data()) == 0);
    }
    ~Without() { ::syscall(SYS_capset, &header_, before_.data()); }
    Without(const Without&) = delete;
    Without& operator=(const Without&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> before_{};
};

} // namespace baton::test
