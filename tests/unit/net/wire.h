// Two hosts on one wire, and a look at what passes on it.
#pragma once

#include "base/strong.h"
#include "tests/unit/netlink/namespace.h"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

namespace baton::test {

/// The test is on host 10.0.1.2; `peer` is 10.0.1.3. Both call their interface eth0.
struct Wire : Namespace {
    Wire() {
        // The kernel tells at once of a carrier where two ends have different numbers, else within a second.
        ip("link add name eth0 index 10 type veth peer name eth0 index 11 netns " + peer.path());
        ip("link set eth0 up");
        ip("address add 10.0.1.2/24 dev eth0");
        here = IfIndex(index_of("eth0"));
        peer.inside([this] {
            bring_up("eth0");
            ip("address add 10.0.1.3/24 dev eth0");
            there = IfIndex(index_of("eth0"));
        });
        bring_up("eth0");
    }

    OtherNamespace peer;
    IfIndex here;
    IfIndex there;
};

/// The test also has fe80::2, the peer fe80::3. Without duplicate address detection, which takes a second or
/// two; the kernel gives each a link-local address of its own besides.
struct Wire6 : Wire {
    Wire6() {
        ip("address add fe80::2/64 dev eth0 nodad");
        peer.inside([] { ip("address add fe80::3/64 dev eth0 nodad"); });
    }
};

/// Sees all frames of one type that come in on an interface.
class Capture {
public:
    Capture(IfIndex interface, std::uint16_t ethertype)
        : fd_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ethertype))) {
        const timeval limit{patience.count(), 0};
        REQUIRE(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
        sockaddr_ll where{};
        where.sll_family = AF_PACKET;
        where.sll_protocol = htons(ethertype);
        where.sll_ifindex = static_cast<int>(interface.value);
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
    }
    ~Capture() { ::close(fd_); }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    /// The next frame, awaited.
    [[nodiscard]] std::vector<std::uint8_t> next() const {
        std::array<std::uint8_t, 2048> buffer{};
        const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
        REQUIRE(size > 0);
        return {buffer.begin(), buffer.begin() + size};
    }

private:
    int fd_;
};

} // namespace baton::test
