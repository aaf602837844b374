// Checks that run only while an instance which tracks them is Active (decision 022), in a whole Node. What
// one check does by itself is in tracking_test.cpp, and how a pair fares with it in tests/scenarios.
#include "vrrp/node.h"

#include <array>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr CheckId web{0};

InstanceSettings instance(const std::string& name, std::uint8_t vrid) {
    InstanceSettings settings;
    settings.name = name;
    settings.interface = "eth0";
    settings.vrid = Vrid{vrid};
    settings.addresses = {{IpAddress::v4(10, 0, 1, vrid), 24}};
    settings.track = {{TrackSettings::Kind::check, "web", 0}};
    return settings;
}

Settings two_tracking() {
    CheckSettings check{"web"};
    check.while_active = true;
    Settings settings;
    settings.checks = {check};
    settings.instances = {instance("a", 51), instance("b", 52)};
    return settings;
}

struct Running {
    Settings settings;
    Node node;
    Time now{};

    explicit Running(const Settings& given) : settings(given), node(given, Time{}) {
        CHECK(feed(LinkChanged{"eth0", eth0, true, true}) == "");
        CHECK(feed(AddressesChanged{eth0, {{Prefix{IpAddress::v4(10, 0, 1, 2), 24}, false}}}) == "");
        CHECK(feed(Commanded{Command::startup}) == ""); // nobody waits for a first result
        CHECK(state(0) == State::backup);
    }

    /// What is done about checks.
    std::string feed(const Event& event) {
        std::string text;
        for (const auto& effect : node.handle(event, now)) {
            if (const auto* run = std::get_if<CheckRuns>(&effect))
                text += run->runs ? "runs;" : "ends;";
            if (std::holds_alternative<CheckForgotten>(effect))
                text += "forgotten;";
        }
        return text;
    }

    std::string run(Duration duration) {
        const auto then = now + duration;
        std::string text;
        while (node.deadline() && *node.deadline() <= then) {
            now = std::max(now, *node.deadline());
            text += feed(Elapsed{});
        }
        now = then;
        return text;
    }

    std::string hear(std::uint8_t vrid, std::uint8_t priority) {
        const std::array<std::uint8_t, 4> octets{10, 0, 1, vrid};
        Advert advert;
        advert.vrid = Vrid{vrid};
        advert.priority = Priority{priority};
        advert.interval = 1s;
        advert.addresses = AddressView(Family::ipv4, octets);
        return feed(AdvertReceived{eth0, IpAddress::v4(10, 0, 1, 3), multicast_group_v4, advert});
    }

    std::string probed(bool ok) { return feed(Probed{web, ok, "", {}}); }

    [[nodiscard]] State state(std::size_t place) const { return node.snapshot(now).instances[place].state; }
};

} // namespace

TEST_CASE("one run for all that track it, for as long as one of them is Active") {
    Running host(two_tracking());
    CHECK(host.run(5s) == "runs;");
    CHECK(host.node.runs(web));
    CHECK(host.hear(52, 200) == "");
    CHECK(host.state(1) == State::backup);
    CHECK(host.node.runs(web));
    CHECK(host.hear(51, 200) == "ends;");
    CHECK_FALSE(host.node.runs(web));
}

TEST_CASE("a failure costs all of them Active, and keeps them out until it is forgotten") {
    Running host(two_tracking());
    CHECK(host.run(5s) == "runs;");
    CHECK(host.probed(true) == "");
    CHECK(host.probed(false) == "ends;");
    CHECK(host.state(0) == State::fault);
    CHECK(host.state(1) == State::fault);
    CHECK(host.probed(true) == ""); // of a run that was under way
    CHECK(host.run(59s) == "");
    CHECK(host.state(0) == State::fault);
    CHECK(host.run(1s) == "forgotten;");
    CHECK(host.state(0) == State::backup);
    CHECK(host.run(5s) == "runs;");
}

TEST_CASE("what is held is given up by hand") {
    Running host(two_tracking());
    (void)host.run(5s);
    CHECK(host.probed(false) == "ends;");
    CHECK(host.feed(CheckSet{web, std::nullopt}) == "");
    CHECK(host.state(0) == State::backup);
    CHECK(host.run(60s) == "runs;");
}

TEST_CASE("one that nobody tracks does not run") {
    auto settings = two_tracking();
    settings.instances[0].track.clear();
    settings.instances[1].track.clear();
    Running host(settings);
    CHECK(host.run(5s) == "");
    CHECK(host.state(0) == State::active);
    CHECK_FALSE(host.node.runs(web));
}

TEST_CASE("a reload makes it run always, or no longer") {
    Running host(two_tracking());
    CHECK(host.hear(51, 200) == "");
    CHECK(host.hear(52, 200) == "");
    host.settings.checks[0].while_active = false;
    CHECK(host.feed(Reconfigured{host.settings}) == "runs;");
    CHECK(host.probed(false) == "");
    CHECK(host.state(0) == State::fault);
    host.settings.checks[0].while_active = true;
    CHECK(host.feed(Reconfigured{host.settings}) == "ends;");
    CHECK(host.state(0) == State::fault); // what it has found is held against them
    CHECK(host.run(60s) == "forgotten;");
    CHECK(host.state(0) == State::backup);
}

TEST_CASE("a new one runs at once when an instance that tracks it is Active already") {
    auto settings = two_tracking();
    const auto checks = std::exchange(settings.checks, {});
    const auto track = settings.instances[0].track;
    settings.instances[0].track.clear();
    settings.instances[1].track.clear();
    Running host(settings);
    CHECK(host.run(5s) == "");
    host.settings.checks = checks;
    host.settings.instances[1].track = track;
    CHECK(host.feed(Reconfigured{host.settings}) == "runs;");
    CHECK(host.state(1) == State::active);
    CHECK(host.probed(false) == "ends;");
    CHECK(host.state(0) == State::active);
    CHECK(host.state(1) == State::fault);
}

TEST_CASE("in a group it runs when the group is Active, and costs all of it") {
    auto settings = two_tracking();
    settings.instances[0].track.clear();
    settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
    Running host(settings);
    CHECK(host.run(5s) == "runs;");
    CHECK(host.state(0) == State::active);
    CHECK(host.state(1) == State::active);
    CHECK(host.probed(false) == "ends;");
    CHECK(host.state(0) == State::fault);
    CHECK(host.state(1) == State::fault);
    CHECK(host.run(60s) == "forgotten;");
    CHECK(host.run(5s) == "runs;");
}

TEST_CASE("an address that cannot be taken ends it before it has found anything") {
    Running host(two_tracking());
    host.settings.instances.pop_back();
    (void)host.feed(Reconfigured{host.settings});
    CHECK(host.run(3500ms) == "");
    while (host.state(0) == State::backup)
        (void)host.run(10ms);
    CHECK(host.feed(EffectFailed{InstanceId{0}, EffectKind::hold_addresses, "no"}) == "ends;");
    CHECK_FALSE(host.node.runs(web));
    CHECK(host.node.snapshot(host.now).checks[0].forgotten_at == std::nullopt);
}
