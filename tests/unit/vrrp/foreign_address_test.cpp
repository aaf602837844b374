// Virtual addresses that stand on this host though baton did not put them there: told once, and shown.
#include "vrrp/node.h"
#include "vrrp/notices.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace baton::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr IfIndex eth0{2};
constexpr IfIndex vrrp4{7};
constexpr auto vip = IpAddress::v4(10, 0, 1, 100);
constexpr InterfaceAddress own{{IpAddress::v4(10, 0, 1, 2), 24}, false};
constexpr InterfaceAddress left{{vip, 32}, false};
constexpr InterfaceAddress ours{{vip, 24}, true};
const std::vector<PlacedPrefix> nothing;

InstanceSettings instance(Priority priority, bool virtual_mac) {
    InstanceSettings settings;
    settings.name = "VI_1";
    settings.interface = "eth0";
    settings.vrid = Vrid{51};
    settings.priority = priority;
    settings.addresses = {{vip, 24}};
    settings.virtual_mac = virtual_mac;
    settings.holder = virtual_mac ? "vrrp4-51" : "";
    return settings;
}

struct Host {
    explicit Host(bool virtual_mac = false, Priority priority = Priority{100})
        : node({0s, 0, {}, {instance(priority, virtual_mac)}, {}}, Time{}) {
        feed(LinkChanged{"eth0", eth0, true, true});
        if (virtual_mac)
            feed(LinkChanged{"vrrp4-51", vrrp4, true, false});
        has(eth0, {own});
    }

    void feed(const Event& event) {
        for (const auto& effect : node.handle(event, now))
            if (const auto* noticed = std::get_if<Noticed>(&effect))
                told.push_back(describe(noticed->notice));
    }

    void has(IfIndex interface, std::vector<InterfaceAddress> addresses) {
        feed(AddressesChanged{interface, std::move(addresses)});
    }

    void take_over() {
        feed(Commanded{Command::startup});
        now = *node.deadline();
        feed(Elapsed{});
        REQUIRE(view().state == State::active);
    }

    [[nodiscard]] InstanceView view() const { return node.snapshot(now).instances.front(); }

    Node node;
    Time now{};
    std::vector<std::string> told;
};

const std::vector<std::string> once{
    "10.0.1.100 is on this host and was not put there by baton: it is answered for here, whoever is Active; "
    "remove it, and whatever configures it"};
const std::vector<PlacedPrefix> on_eth0{{"eth0", {vip, 32}}};

TEST_CASE("left behind by something else it is told once, and shown until it goes") {
    Host host;
    CHECK(host.view().foreign == nothing);
    host.has(eth0, {own, left});
    CHECK(host.told == once);
    CHECK(host.view().foreign == on_eth0);
    host.feed(Commanded{Command::startup});
    host.has(eth0, {own, left, {{IpAddress::v4(10, 0, 1, 9), 24}, false}});
    CHECK(host.told == once);
    host.has(eth0, {own});
    CHECK(host.view().foreign == nothing);
}

TEST_CASE("those that baton has put there are none, nor is another address, nor one that somebody replaced") {
    Host host;
    host.take_over();
    host.has(eth0, {own, ours});
    host.has(eth0, {own, {{vip, 24}, false}}); // it gets its mark again
    host.has(eth0, {own, ours});
    CHECK(host.told.empty());
    CHECK(host.view().foreign == nothing);
}

TEST_CASE("with a virtual MAC address it is told while Active too: it answers with the other MAC address") {
    Host host(true);
    host.take_over();
    host.has(vrrp4, {ours});
    CHECK(host.told.empty());
    host.has(eth0, {own, left});
    CHECK(host.told == once);
    CHECK(host.view().foreign == on_eth0);
    CHECK(host.view().state == State::active);
}

TEST_CASE("an owner's own addresses belong there, unless they are to stand on the virtual MAC address") {
    Host plain(false, owner);
    plain.has(eth0, {own, left});
    CHECK(plain.told.empty());
    Host with_virtual_mac(true, owner);
    with_virtual_mac.has(eth0, {own, left});
    CHECK(with_virtual_mac.told == once);
}

TEST_CASE("an interface that is made anew has none of the old one's") {
    Host host;
    host.has(eth0, {own, left});
    host.feed(LinkChanged{"eth0", IfIndex{9}, true, true});
    CHECK(host.view().foreign == nothing);
}

} // namespace
} // namespace baton::vrrp
