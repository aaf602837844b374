// Sync groups on a LAN of two: the rules of vrrp/sync_groups.h, each by a story of its own.
#include "tests/sim/host.h"

#include <array>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::sim;
using namespace std::chrono_literals;
using vrrp::State;

namespace {

constexpr std::size_t vi_1 = 0;
constexpr std::size_t vi_2 = 1;

vrrp::InstanceSettings instance(std::uint8_t number, int priority, const std::string& interface) {
    vrrp::InstanceSettings settings;
    settings.name = "VI_" + std::to_string(number);
    settings.interface = interface;
    settings.vrid = vrrp::Vrid{number};
    settings.priority = vrrp::Priority{static_cast<std::uint8_t>(priority)};
    settings.addresses = {{IpAddress::v4(10, 0, number, 100), 24}};
    return settings;
}

/// A host with VI_1 and VI_2 in one group, both on eth0.
HostSetup host(const std::string& name, std::uint8_t last, int first_priority, int second_priority) {
    HostSetup setup;
    setup.name = name;
    setup.interfaces = {{"eth0", IfIndex{2}, true, {{{IpAddress::v4(10, 0, 1, last), 24}}}},
                        {"eth1", IfIndex{3}, true, {}}};
    setup.settings.instances = {instance(1, first_priority, "eth0"), instance(2, second_priority, "eth0")};
    setup.settings.sync_groups = {{"mail", {vrrp::InstanceId{0}, vrrp::InstanceId{1}}}};
    return setup;
}

struct Pair {
    Pair(int a1, int a2, int b1, int b2)
        : a(lan.add(host("a", 2, a1, a2))), b(lan.add(host("b", 3, b1, b2))) {}

    void run(Duration duration) { lan.run_until(lan.now() + duration); }
    void boot() {
        a.boot();
        b.boot();
    }
    static bool is(const Host& host, State state) {
        return host.watch().state(vi_1) == state && host.watch().state(vi_2) == state;
    }

    Lan lan{1};
    Host& a;
    Host& b;
};

} // namespace

TEST_CASE("members whose priorities are in different orders on two nodes are on one of them, and stay") {
    Pair pair(101, 100, 100, 101);
    pair.a.boot();
    pair.run(1s);
    pair.b.boot();
    pair.run(30s);
    CHECK(Pair::is(pair.a, State::active));
    CHECK(Pair::is(pair.b, State::backup));
    CHECK(pair.a.takeovers() == 2);
    CHECK(pair.b.takeovers() == 0);
}

TEST_CASE("two such groups that meet as Active: both yield, then one is first and stays") {
    Pair pair(101, 100, 100, 101);
    pair.boot();
    pair.lan.cut(pair.a, pair.b);
    pair.lan.cut(pair.b, pair.a);
    pair.run(10s);
    REQUIRE(Pair::is(pair.a, State::active));
    REQUIRE(Pair::is(pair.b, State::active));
    pair.lan.join_all();
    pair.run(30s);
    CHECK(Pair::is(pair.a, State::backup));
    CHECK(Pair::is(pair.b, State::active)); // the greater address
    CHECK(pair.a.takeovers() == 2);
    CHECK(pair.b.takeovers() <= 4);
    CHECK(pair.lan.now() - pair.b.watch().last_transition() > 20s);
}

TEST_CASE("a takeover of one member is one of all, at once") {
    Pair pair(101, 101, 100, 100);
    pair.boot();
    pair.run(10s);
    REQUIRE(Pair::is(pair.a, State::active));
    pair.a.crash();
    pair.run(4s);
    CHECK(Pair::is(pair.b, State::active));
}

TEST_CASE("a fault of one member takes the other along; when it goes both return together") {
    Pair pair(101, 101, 100, 100);
    pair.boot();
    pair.run(10s);
    REQUIRE(Pair::is(pair.a, State::active));
    pair.a.kernel().refuses_send = true;
    pair.run(3500ms);
    CHECK(Pair::is(pair.a, State::fault));
    pair.run(2s);
    CHECK(Pair::is(pair.b, State::active));
    pair.a.kernel().refuses_send = false;
    pair.run(70s);
    CHECK(Pair::is(pair.a, State::active));
    CHECK(Pair::is(pair.b, State::backup));
}

TEST_CASE("a fault of one member is told, though another fails to take over in the same moment") {
    Lan lan(1);
    auto setup = host("a", 2, 255, 101);
    setup.settings.checks = {{.name = "haproxy"}};
    setup.settings.instances[vi_1].track = {{vrrp::TrackSettings::Kind::check, "haproxy", 10}};
    setup.settings.instances[vi_2].track = {{vrrp::TrackSettings::Kind::check, "haproxy", 0}};
    auto& a = lan.add(setup);
    a.kernel().refuses_hold = true;
    a.boot();
    a.probe(vrrp::CheckId{0}, false);
    lan.run_until(lan.now() + 1s);
    CHECK(a.watch().state(vi_2) == State::fault); // and not what it was, as the watch would say
}

TEST_CASE("what one member tracks counts for all") {
    for (const int weight : {0, -10}) {
        CAPTURE(weight);
        Lan lan(1);
        auto setup = host("a", 2, 101, 101);
        setup.settings.instances[vi_1].track = {{vrrp::TrackSettings::Kind::interface, "eth1", weight}};
        auto& a = lan.add(setup);
        auto& b = lan.add(host("b", 3, 100, 100));
        a.boot();
        b.boot();
        lan.run_until(Time{10s});
        REQUIRE(Pair::is(a, State::active));
        a.set_link("eth1", false);
        lan.run_until(lan.now() + 5s);
        CHECK(Pair::is(a, weight == 0 ? State::fault : State::backup));
        CHECK(Pair::is(b, State::active));
        CHECK(a.watch().priority(vi_2) == 101 + weight);
    }
}

TEST_CASE("a group waits while one of its members hears a router it must yield to") {
    Pair pair(100, 100, 101, 101);
    pair.boot();
    pair.run(10s);
    REQUIRE(Pair::is(pair.b, State::active));
    // A third host stands in for VI_2 alone, above both; the group at a and b must leave VI_1 where it is.
    auto setup = host("c", 4, 1, 200);
    setup.settings.sync_groups.clear();
    auto& c = pair.lan.add(setup);
    c.boot();
    pair.run(20s);
    CHECK(c.watch().state(vi_2) == State::active);
    CHECK(c.watch().state(vi_1) == State::active); // nobody else may have it without VI_2
    CHECK(Pair::is(pair.a, State::backup));
    CHECK(Pair::is(pair.b, State::backup));
}

TEST_CASE("members are released together, and stand aside together") {
    Pair pair(200, 200, 100, 100);
    pair.boot();
    pair.run(5s);
    REQUIRE(Pair::is(pair.a, State::active));
    pair.a.release(10s, false);
    pair.run(5s);
    CHECK(Pair::is(pair.a, State::backup));
    CHECK(Pair::is(pair.b, State::active));
    pair.run(10s);
    CHECK(Pair::is(pair.a, State::active));
    CHECK(Pair::is(pair.b, State::backup));
}

TEST_CASE("a group that nobody takes over goes on as it was") {
    Pair pair(200, 200, 100, 100);
    pair.a.boot();
    pair.run(5s);
    pair.a.release(std::nullopt, false);
    pair.run(5s);
    CHECK(Pair::is(pair.a, State::active));
    CHECK(pair.a.takeovers() == 2);
}

TEST_CASE("one member has found its successor: the other lets go, though none was heard for it") {
    Pair pair(200, 200, 100, 100);
    pair.a.boot();
    pair.run(5s);
    pair.a.release(std::nullopt, false);
    pair.run(500ms);
    REQUIRE(Pair::is(pair.a, State::active)); // they hand over
    vrrp::Advert advert;
    advert.vrid = vrrp::Vrid{1};
    advert.priority = vrrp::Priority{50};
    advert.interval = 1s;
    const auto octets = std::to_array<std::uint8_t>({10, 0, 1, 100});
    advert.addresses = vrrp::AddressView(Family::ipv4, octets);
    const auto from = IpAddress::v4(10, 0, 1, 9);
    std::array<std::uint8_t, vrrp::max_advert_size> buffer{};
    const auto message = vrrp::encode(advert, from, vrrp::multicast_group_v4, buffer);
    pair.a.receive({from, vrrp::multicast_group_v4, 255, {message.begin(), message.end()}});
    pair.run(3s);
    CHECK(Pair::is(pair.a, State::backup));
}
