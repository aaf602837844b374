// Echo requests on a real wire: who answers, who does not, and whose answers do not count.
#include "health/ping_probe.h"

#include "health/echo_message.h"
#include "tests/unit/net/wire.h"
#include "tests/unit/scratch.h"

#include <boost/asio/io_context.hpp>
#include <linux/capability.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/syscall.h>

using namespace baton;
using namespace baton::health;
using namespace baton::test;

namespace {

IpAddress address(const char* text) { return *IpAddress::parse(text); }

struct Pings : Wire6 {
    boost::asio::io_context loop;
    std::optional<Finding> finding;

    std::unique_ptr<Probe> start(const PingCheck& settings) {
        finding.reset();
        return start_ping(loop, settings, [this](Finding found) {
            CHECK(!finding); // once
            finding = std::move(found);
        });
    }
    Finding run(const PingCheck& settings) {
        const auto probe = start(settings);
        CHECK(!finding); // never before the probe has been returned
        testing::run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
};

/// This thread without CAP_NET_RAW, for a while.
class WithoutRaw {
public:
    WithoutRaw() {
        REQUIRE(::syscall(SYS_capget, &header_, kept_.data()) == 0);
        auto without = kept_;
        without[0].effective &= ~(1U << CAP_NET_RAW);
        REQUIRE(::syscall(SYS_capset, &header_, without.data()) == 0);
    }
    ~WithoutRaw() { ::syscall(SYS_capset, &header_, kept_.data()); }
    WithoutRaw(const WithoutRaw&) = delete;
    WithoutRaw& operator=(const WithoutRaw&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> kept_{};
};

} // namespace

TEST_CASE_FIXTURE(Pings, "ping: who is there answers, by IPv4, IPv6 and a link-local address") {
    ip("address add 2001:db8::2/64 dev eth0 nodad");
    peer.inside([] { ip("address add 2001:db8::3/64 dev eth0 nodad"); });
    for (const auto& settings :
         {PingCheck{.address = address("10.0.1.3")}, PingCheck{.address = address("2001:db8::3")},
          PingCheck{.address = address("fe80::3"), .interface = "eth0"}}) {
        const auto found = run(settings);
        CHECK_MESSAGE(found.ok, found.detail);
        CHECK(found.detail == "answers");
    }
}

TEST_CASE_FIXTURE(Pings, "ping: the request is for no other host, from the source asked for") {
    ip("address add 10.0.1.102/24 dev eth0");
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_IP); });
    CHECK(run({.address = address("10.0.1.3"), .source = address("10.0.1.102"), .interface = "eth0"}).ok);
    const auto frame = capture->next();
    REQUIRE(frame.size() >= 42);
    CHECK(std::vector<std::uint8_t>(frame.begin() + 26, frame.begin() + 34) ==
          std::vector<std::uint8_t>{10, 0, 1, 102, 10, 0, 1, 3});
    CHECK(frame[34] == 8);
}

TEST_CASE_FIXTURE(Pings, "ping: without CAP_NET_RAW, where the kernel lets groups ping") {
    set_sysctl("net/ipv4/ping_group_range", "0 0");
    const WithoutRaw without;
    CHECK(run({.address = address("10.0.1.3")}).ok);
    CHECK(run({.address = address("fe80::3"), .interface = "eth0"}).ok);
}

TEST_CASE_FIXTURE(Pings, "ping: where neither is allowed it says so") {
    // A new namespace lets no group ping.
    const WithoutRaw without;
    CHECK(run({.address = address("10.0.1.3")}).detail == "10.0.1.3: Permission denied");
}

TEST_CASE_FIXTURE(Pings, "ping: what cannot be sent is named at once") {
    CHECK(run({.address = address("192.0.2.1")}).detail == "192.0.2.1: Network is unreachable");
    CHECK(run({.address = address("10.0.1.3"), .source = address("10.0.1.77")}).detail ==
          "10.0.1.3: Cannot assign requested address (source_address 10.0.1.77)");
    CHECK(run({.address = address("10.0.1.3"), .interface = "eth7"}).detail ==
          "10.0.1.3: No such device (interface eth7)");
    CHECK_FALSE(run({.address = address("fe80::3")}).ok);
}

TEST_CASE_FIXTURE(Pings, "ping: who does not answer is waited for") {
    peer.inside([] { set_sysctl("net/ipv4/icmp_echo_ignore_all", "1"); });
    const auto probe = start({.address = address("10.0.1.3")});
    loop.poll();
    CHECK(!finding);
    CHECK(probe->late() == "no answer from 10.0.1.3");
}

TEST_CASE_FIXTURE(Pings, "ping: who is told by its own kernel that nobody has the address does not wait on") {
    ip("link set lo up"); // by which the kernel tells itself
    set_sysctl("net/ipv4/neigh/eth0/retrans_time_ms", "10");
    CHECK(run({.address = address("10.0.1.9")}).detail == "10.0.1.9: No route to host");
}

TEST_CASE_FIXTURE(Pings, "ping: late and foreign answers do not count") {
    peer.inside([] { set_sysctl("net/ipv4/icmp_echo_ignore_all", "1"); });
    const auto requests =
        peer.inside([] { return Descriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP)); });
    const timeval limit{patience.count(), 0};
    REQUIRE(::setsockopt(requests.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    const auto probe = start({.address = address("10.0.1.3")});
    std::array<std::uint8_t, 128> heard{};
    REQUIRE(::recv(requests.get(), heard.data(), heard.size(), 0) == 20 + 24);

    sockaddr_in here_again{};
    here_again.sin_family = AF_INET;
    here_again.sin_addr.s_addr = htonl(0x0a000102);
    const auto answer = [&](std::size_t at, std::uint8_t change) {
        std::vector<std::uint8_t> reply(heard.begin() + 20, heard.begin() + 44);
        reply[0] = 0;
        reply[at] ^= change;
        reply[2] = reply[3] = 0;
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < reply.size(); i += 2)
            sum += static_cast<std::uint32_t>(reply[i] << 8 | reply[i + 1]);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = ~((sum & 0xffff) + (sum >> 16));
        reply[2] = static_cast<std::uint8_t>(sum >> 8);
        reply[3] = static_cast<std::uint8_t>(sum);
        REQUIRE(::sendto(requests.get(), reply.data(), reply.size(), 0,
                         reinterpret_cast<const sockaddr*>(&here_again), sizeof here_again) == 24);
    };
    for (const std::size_t at : {4U, 6U, 8U, 23U}) // identifier, sequence number, token
        answer(at, 1);
    for (int i = 0; i < 200; ++i) // more than are read at a time
        answer(4, 2);
    while (loop.poll_one() > 0)
        loop.restart();
    CHECK(!finding);
    answer(4, 0);
    testing::run_until(loop, [&] { return finding.has_value(); });
    CHECK(finding->ok);
}

TEST_CASE_FIXTURE(Pings, "ping: a run that is ended early tells nobody and leaves nothing open") {
    (void)run({.address = address("10.0.1.3")});
    const auto open = testing::open_descriptors();
    auto probe = start({.address = address("10.0.1.3")});
    probe.reset();
    CHECK(testing::open_descriptors() == open);
    loop.restart();
    loop.run();
    CHECK(!finding);
}
