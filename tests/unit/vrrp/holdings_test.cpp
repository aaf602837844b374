// Which interface carries which addresses of an instance, and what is asked for them.
#include "vrrp/holdings.h"

#include <array>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;

namespace {

constexpr InstanceId vi{0};
constexpr IfIndex eth0{2};
constexpr IfIndex eth1{3};
const Prefix first{IpAddress::v4(10, 0, 1, 100), 24};
const Prefix second{IpAddress::v4(10, 0, 2, 100), 24};
const Prefix excluded{IpAddress::v4(10, 0, 9, 100), 32};

InstanceSettings instance() {
    InstanceSettings settings;
    settings.name = "VI_1";
    settings.interface = "eth0";
    settings.vrid = Vrid{51};
    settings.addresses = {first, second};
    settings.excluded = {excluded};
    return settings;
}

/// "hold 2: 10.0.1.100/24 ..., ..."
std::string words(const Effects& effects) {
    std::string text;
    const auto add = [&](const char* what, IfIndex interface, std::span<const Prefix> addresses) {
        text += (text.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(interface.value) + ":";
        for (const auto& address : addresses)
            text += " " + address.to_string();
    };
    for (const auto& effect : effects) {
        if (const auto* hold = std::get_if<HoldAddresses>(&effect))
            add(hold->reclaim ? "reclaim" : "hold", hold->interface, hold->addresses);
        if (const auto* release = std::get_if<ReleaseAddresses>(&effect))
            add("release", release->interface, release->addresses);
        if (const auto* announce = std::get_if<Announce>(&effect))
            add("announce", announce->interface, announce->addresses);
        if (std::holds_alternative<HoldRoutes>(effect))
            text += ", routes";
        if (std::holds_alternative<ReleaseRoutes>(effect))
            text += "no routes";
    }
    return text;
}

/// Two on eth0, and the excluded one on eth1.
struct OnTwo {
    InstanceSettings settings = instance();
    Holdings holdings;
    Effects effects;

    explicit OnTwo(bool routes = false) : holdings(vi, with_elsewhere(settings, routes)) {
        holdings.place(std::array{eth0, eth1}, false, effects);
        CHECK(effects.empty());
    }

    static const InstanceSettings& with_elsewhere(InstanceSettings& settings, bool routes) {
        settings.elsewhere = {{excluded, "eth1"}};
        settings.routing.any = routes;
        return settings;
    }
};

} // namespace

TEST_CASE("all addresses stand on the instance's interface unless they are put elsewhere") {
    auto settings = instance();
    auto holdings = holdings_of(settings);
    REQUIRE(holdings.size() == 1);
    CHECK(holdings[0].interface == "eth0");
    CHECK(holdings[0].addresses == std::vector{first, second, excluded});

    settings.elsewhere = {{second, "eth1"}, {excluded, "eth1"}};
    holdings = holdings_of(settings);
    REQUIRE(holdings.size() == 2);
    CHECK(holdings[0].addresses == std::vector{first});
    CHECK(holdings[1].interface == "eth1");
    CHECK(holdings[1].addresses == std::vector{second, excluded});

    settings.holder = "vmac0"; // where they stand who are not put elsewhere
    CHECK(holdings_of(settings)[0].interface == "vmac0");
}

TEST_CASE("with all addresses elsewhere the instance's interface carries none") {
    auto settings = instance();
    settings.elsewhere = {{first, "eth1"}, {second, "eth1"}, {excluded, "eth1"}};
    REQUIRE(holdings_of(settings).size() == 1);
    CHECK(holdings_of(settings)[0].interface == "eth1");
}

TEST_CASE_FIXTURE(OnTwo, "each interface is asked for its own, and released, and announced") {
    holdings.hold(effects);
    CHECK(words(effects) == "hold 3: 10.0.9.100/32, hold 2: 10.0.1.100/24 10.0.2.100/24"); // its own last
    effects.clear();
    holdings.announce(effects);
    CHECK(words(effects) == "announce 2: 10.0.1.100/24 10.0.2.100/24, announce 3: 10.0.9.100/32");
    effects.clear();
    holdings.release(effects);
    CHECK(words(effects) == "release 2: 10.0.1.100/24 10.0.2.100/24, release 3: 10.0.9.100/32");
}

TEST_CASE("routes come after all addresses and go before them") {
    OnTwo on(true);
    on.holdings.hold(on.effects);
    CHECK(words(on.effects) == "hold 3: 10.0.9.100/32, hold 2: 10.0.1.100/24 10.0.2.100/24, routes");
    on.effects.clear();
    on.holdings.release(on.effects);
    CHECK(words(on.effects) == "no routes, release 2: 10.0.1.100/24 10.0.2.100/24, release 3: 10.0.9.100/32");
}

TEST_CASE_FIXTURE(OnTwo, "an interface that is another one now lets go on the old one, if anything is held") {
    holdings.place(std::array{eth0, IfIndex{7}}, true, effects);
    CHECK(words(effects) == "release 3: 10.0.9.100/32");
    effects.clear();
    holdings.place(std::array{IfIndex{8}, IfIndex{}}, false, effects);
    CHECK(words(effects).empty());
    CHECK(holdings.missing() == "eth1");
    CHECK_FALSE(holdings.nowhere());
    holdings.release(effects); // what does not exist is not asked
    CHECK(words(effects) == "release 8: 10.0.1.100/24 10.0.2.100/24");
    holdings.place(std::array{IfIndex{}, IfIndex{}}, false, effects);
    CHECK(holdings.nowhere());
}

TEST_CASE_FIXTURE(OnTwo, "what is there is looked at interface by interface") {
    CHECK_FALSE(holdings.carried_by(IfIndex{9}));
    CHECK_FALSE(holdings.carried_by(IfIndex{}));
    REQUIRE(holdings.carried_by(eth1));
    const std::array<InterfaceAddress, 1> there{InterfaceAddress{excluded, true}};
    CHECK(holdings.look(eth1, there, true).complete);
    CHECK(holdings.look(eth1, there, true).left_over);
    CHECK_FALSE(holdings.look(eth0, there, true).complete);
    CHECK_FALSE(holdings.look(eth0, there, true).left_over);
    const auto gone = holdings.look(eth1, {}, true);
    CHECK_FALSE(gone.complete);
    holdings.hold_again(gone, effects);
    CHECK(words(effects) == "reclaim 3: 10.0.9.100/32, announce 3: 10.0.9.100/32");
}
