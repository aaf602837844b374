// Gates while the settings change: whoever takes over has passed the gate that is in force.
#include "vrrp/node.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr InstanceId a{0};
constexpr InstanceId b{1};

InstanceSettings gated(const std::string& name, std::uint8_t vrid, const std::string& programs) {
    InstanceSettings settings;
    settings.name = name;
    settings.interface = "eth0";
    settings.vrid = Vrid{vrid};
    settings.addresses = {{IpAddress::v4(10, 0, 1, vrid), 24}};
    settings.gate = {GateFailure::fault, 1s, programs};
    return settings;
}

Settings group_of(const std::string& programs_of_b) {
    Settings settings;
    settings.instances = {gated("a", 51, "mount"), gated("b", 52, programs_of_b)};
    settings.sync_groups = {{"both", {a, b}}};
    return settings;
}

/// A node whose timers have fired: what it does at its gates, an effect a word.
struct Host {
    Node node;
    Time now{};

    explicit Host(const Settings& settings) : node(settings, Time{}) {
        (void)feed(LinkChanged{"eth0", eth0, true, true});
        (void)feed(AddressesChanged{eth0, {{Prefix{IpAddress::v4(10, 0, 1, 2), 24}, false}}});
        (void)feed(Commanded{Command::startup});
    }

    std::string feed(const Event& event) {
        std::string words;
        for (const auto& effect : node.handle(event, now)) {
            const auto add = [&](const char* what, InstanceId instance) {
                words +=
                    (words.empty() ? "" : " ") + std::string(what) + ":" + node.settings_of(instance).name;
            };
            if (const auto* run = std::get_if<RunGate>(&effect))
                add("run", run->instance);
            else if (const auto* drop = std::get_if<DropGate>(&effect))
                add("drop", drop->instance);
            else if (const auto* moved = std::get_if<Transitioned>(&effect))
                add(to_string(moved->to), moved->instance);
        }
        return words;
    }

    std::string elapse() {
        REQUIRE(node.deadline());
        now = std::max(now, *node.deadline());
        return feed(Elapsed{});
    }
};

} // namespace

TEST_CASE("other hooks of a gate that has been passed already are run before the takeover") {
    Host host(group_of(""));
    REQUIRE(host.elapse() == "run:a run:b");
    CHECK(host.feed(HookFinished{b, true, ""}).empty());
    CHECK(host.feed(Reconfigured{group_of("promote")}) == "drop:b run:b");
    CHECK(host.feed(HookFinished{a, true, ""}).empty());
    CHECK_FALSE(host.node.deadline()); // it waits for b's
    CHECK(host.feed(HookFinished{b, true, ""}).empty());
    CHECK(host.elapse() == "active:a active:b");
}

TEST_CASE("other hooks of a gate that is under way are run instead") {
    Host host(group_of("promote"));
    REQUIRE(host.elapse() == "run:a run:b");
    CHECK(host.feed(Reconfigured{group_of("promote --now")}) == "drop:b run:b");
    CHECK(host.feed(Reconfigured{group_of("promote --now")}).empty());
    CHECK(host.feed(HookFinished{a, true, ""}).empty());
    CHECK(host.feed(HookFinished{b, false, "exit status 1"}) == "fault:b drop:a fault:a");
}

TEST_CASE("who waits for another's gate goes on when that one leaves the group, or is gone") {
    const auto settings = group_of("promote");
    Host parted(settings);
    REQUIRE(parted.elapse() == "run:a run:b");
    CHECK(parted.feed(HookFinished{a, true, ""}).empty());
    auto apart = settings;
    apart.sync_groups.clear();
    CHECK(parted.feed(Reconfigured{apart}).empty());
    CHECK(parted.elapse() == "active:a");
    CHECK(parted.feed(HookFinished{b, true, ""}).empty());
    CHECK(parted.elapse() == "active:b");

    Host alone(settings);
    REQUIRE(alone.elapse() == "run:a run:b");
    CHECK(alone.feed(HookFinished{a, true, ""}).empty());
    apart.instances.pop_back();
    CHECK(alone.feed(Reconfigured{apart}) == "drop:b initialize:b");
    CHECK(alone.elapse() == "active:a");
}
