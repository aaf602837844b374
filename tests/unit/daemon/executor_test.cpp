// The executor with a list in place of the kernel: order, the rule for failures, and what is told.
#include "daemon/executor.h"

#include "../scratch.h"
#include "daemon/clock.h"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <fstream>
#include <openssl/evp.h>

using namespace baton;
using namespace baton::daemon;
using namespace baton::testing;

namespace {

/// Writes down each call, and refuses those that are named.
class RecordingEdges final : public Edges {
public:
    std::vector<std::string> calls;
    std::string refuse;
    std::size_t routes_missing{1}; ///< what hold_routes() says it had to put there

    Result<void, Error> send(const vrrp::SendAdvert&, std::span<const std::uint8_t> message) override {
        return call("send priority " + std::to_string(message[2]));
    }
    Result<void, Error> hold(const vrrp::HoldAddresses& effect) override {
        return call((effect.reclaim ? "reclaim " : "hold ") + effect.addresses.front().to_string());
    }
    Result<void, Error> release(const vrrp::ReleaseAddresses& effect) override {
        return call((effect.in_place ? "release in place " : "release ") +
                    effect.addresses.front().to_string());
    }
    Result<std::size_t, Error> hold_routes(vrrp::InstanceId) override {
        if (const auto done = call("hold_routes"); !done)
            return done.error();
        return routes_missing;
    }
    Result<void, Error> release_routes(vrrp::InstanceId) override { return call("release_routes"); }
    Result<void, Error> announce(const vrrp::Announce& effect) override {
        return call("announce " + effect.addresses.front().to_string());
    }

private:
    Result<void, Error> call(const std::string& what) {
        calls.push_back(what);
        if (!refuse.empty() && what.find(refuse) == 0)
            return Error{"refused " + what};
        return {};
    }
};

config::Config two_instances() {
    config::Config config;
    for (const auto* name : {"a", "b"}) {
        vrrp::InstanceSettings instance;
        instance.name = name;
        instance.interface = "eth0";
        instance.addresses = {*Prefix::parse("10.0.1.100/24")};
        config.settings.instances.push_back(instance);
    }
    return config;
}

constexpr std::array<std::uint8_t, 4> octets{10, 0, 1, 100};
const std::array<Prefix, 1> vip{Prefix{IpAddress::v4(10, 0, 1, 100), 24}};

/// A takeover of one instance, as the core asks for it.
vrrp::Effects takeover(vrrp::InstanceId instance) {
    vrrp::Advert advert;
    advert.vrid = vrrp::Vrid{51};
    advert.priority = vrrp::Priority{100};
    advert.interval = std::chrono::seconds(1);
    advert.addresses = vrrp::AddressView(Family::ipv4, octets);
    vrrp::Reason reason;
    reason.code = vrrp::Reason::Code::peer_resigned;
    vrrp::Effects effects;
    effects.emplace_back(vrrp::HoldAddresses{instance, IfIndex{2}, vip});
    effects.emplace_back(
        vrrp::SendAdvert{instance, IfIndex{2}, IpAddress::v4(10, 0, 1, 2), vrrp::multicast_group_v4, advert});
    effects.emplace_back(vrrp::Announce{instance, IfIndex{2}, vip});
    effects.emplace_back(vrrp::Transitioned{instance, vrrp::State::backup, vrrp::State::active, reason,
                                            vrrp::Priority{100}, 1});
    return effects;
}

struct Bench {
    config::Config config{two_instances()};
    RecordingEdges edges;
    Signatures signatures;
    vrrp::Node node{config.settings, Time{}};
    Journal journal;
    Log log{LogFormat::text, LogLevel::error};
    Executor executor{node, edges, signatures, journal, log};
};

} // namespace

TEST_CASE("effects are performed in order, and the steps of a transition written down with their times") {
    Bench bench;
    const auto decided = boot_now();
    CHECK(bench.executor.perform(takeover(vrrp::InstanceId{1}), decided).empty());
    CHECK(bench.edges.calls ==
          std::vector<std::string>{"hold 10.0.1.100/24", "send priority 100", "announce 10.0.1.100/24"});

    CHECK(bench.journal.transitions("a").empty());
    REQUIRE(bench.journal.transitions("b").size() == 1);
    const auto record = bench.journal.transitions("b").front();
    CHECK(record.number == 1);
    CHECK(record.reason_code == "peer_resigned");
    REQUIRE(record.steps.size() == 3);
    CHECK(record.steps[0].what == "addresses_held");
    CHECK(record.steps[1].what == "advert_sent");
    CHECK(record.steps[2].what == "announced");
    CHECK(std::is_sorted(record.steps.begin(), record.steps.end(),
                         [](const auto& a, const auto& b) { return a.after < b.after; }));
    CHECK(record.decided == decided);
    CHECK(std::abs((record.at - control::WallTime::clock::now()) / std::chrono::seconds(1)) < 60);
}

TEST_CASE("a refused address cuts the rest of its instance, and of no other") {
    Bench bench;
    bench.edges.refuse = "hold";
    auto effects = takeover(vrrp::InstanceId{0});
    vrrp::Advert advert;
    advert.vrid = vrrp::Vrid{52};
    advert.priority = vrrp::Priority{7};
    advert.interval = std::chrono::seconds(1);
    advert.addresses = vrrp::AddressView(Family::ipv4, octets);
    effects.emplace_back(vrrp::SendAdvert{vrrp::InstanceId{1}, IfIndex{2}, IpAddress::v4(10, 0, 1, 2),
                                          vrrp::multicast_group_v4, advert});

    const auto failures = bench.executor.perform(effects, boot_now());
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].instance == vrrp::InstanceId{0});
    CHECK(failures[0].effect == vrrp::EffectKind::hold_addresses);
    CHECK(failures[0].why == "refused hold 10.0.1.100/24");
    CHECK(bench.edges.calls == std::vector<std::string>{"hold 10.0.1.100/24", "send priority 7"});
    CHECK(bench.journal.transitions("a").empty());
}

TEST_CASE(
    "a release is performed though the addresses could not be held just before, and what follows is told") {
    Bench bench;
    bench.edges.refuse = "hold";
    vrrp::Effects effects;
    effects.emplace_back(vrrp::HoldAddresses{vrrp::InstanceId{0}, IfIndex{2}, vip, false, false});
    effects.emplace_back(vrrp::ReleaseAddresses{vrrp::InstanceId{0}, IfIndex{2}, vip});
    vrrp::Transitioned moved;
    moved.instance = vrrp::InstanceId{0};
    moved.from = vrrp::State::active;
    moved.to = vrrp::State::backup;
    effects.emplace_back(moved);

    CHECK(bench.executor.perform(effects, boot_now()).size() == 1);
    CHECK(bench.edges.calls.back() == "release 10.0.1.100/24");
    CHECK(bench.journal.transitions("a").size() == 1);
}

TEST_CASE("a repair is asked for as one: what lost our mark is taken back") {
    Bench bench;
    vrrp::Effects effects;
    effects.emplace_back(vrrp::HoldAddresses{vrrp::InstanceId{0}, IfIndex{2}, vip, false, true});
    CHECK(bench.executor.perform(effects, boot_now()).empty());
    CHECK(bench.edges.calls == std::vector<std::string>{"reclaim 10.0.1.100/24"});

    bench.edges.refuse = "reclaim";
    CHECK(bench.executor.perform(effects, boot_now()).size() == 1);
}

TEST_CASE("an address that comes with other settings is no repair; one that goes leaves the router Active") {
    Bench bench;
    vrrp::Effects effects;
    effects.emplace_back(vrrp::ReleaseAddresses{vrrp::InstanceId{0}, IfIndex{2}, vip, true});
    effects.emplace_back(vrrp::HoldAddresses{vrrp::InstanceId{0}, IfIndex{2}, vip, false, false, true});
    CHECK(bench.executor.perform(effects, boot_now()).empty());
    CHECK(bench.edges.calls ==
          std::vector<std::string>{"release in place 10.0.1.100/24", "hold 10.0.1.100/24"});
}

TEST_CASE("routes are a step of the takeover; refused, they cut its rest like an address") {
    Bench bench;
    auto effects = takeover(vrrp::InstanceId{1});
    effects.insert(effects.begin() + 1, vrrp::HoldRoutes{vrrp::InstanceId{1}});
    CHECK(bench.executor.perform(effects, boot_now()).empty());
    REQUIRE(bench.journal.transitions("b").size() == 1);
    CHECK(bench.journal.transitions("b").front().steps.at(1).what == "routes_held");

    bench.edges.calls.clear();
    bench.edges.refuse = "hold_routes";
    const auto failures = bench.executor.perform(effects, boot_now());
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].effect == vrrp::EffectKind::hold_routes);
    CHECK(bench.edges.calls == std::vector<std::string>{"hold 10.0.1.100/24", "hold_routes"});

    const vrrp::Effects release{vrrp::ReleaseRoutes{vrrp::InstanceId{1}}};
    CHECK(bench.executor.perform(release, boot_now()).empty());
    CHECK(bench.edges.calls.back() == "release_routes");
}

TEST_CASE("an advert that cannot be signed is not sent, and that is a failure like any other") {
    const Scratch scratch;
    Bench bench;
    std::ofstream(scratch.path("keys")) << "1 " << std::string(32, 'k');
    REQUIRE(::chmod(scratch.path("keys").c_str(), 0600) == 0);
    for (auto& instance : bench.config.settings.instances)
        instance.addresses = {vip.begin(), vip.end()};
    bench.config.state_dir = scratch.path("state");
    bench.config.signatures = {{vrrp::InstanceId{0}, scratch.path("keys")}};
    auto opened = Signatures::open(bench.config);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
    bench.signatures = std::move(*opened);
    // As on a host whose crypto policy leaves no HMAC-SHA256: there is no provider with this property.
    REQUIRE(EVP_set_default_properties(nullptr, "provider=none") == 1);
    const auto failures = bench.executor.perform(takeover(vrrp::InstanceId{0}), boot_now());
    const auto unsigned_too = bench.executor.perform(takeover(vrrp::InstanceId{1}), boot_now());
    REQUIRE(EVP_set_default_properties(nullptr, "") == 1);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].effect == vrrp::EffectKind::send_advert);
    CHECK(failures[0].why.find("libcrypto makes no HMAC-SHA256") == 0);
    CHECK(unsigned_too.empty());
    CHECK(std::count(bench.edges.calls.begin(), bench.edges.calls.end(), "send priority 100") == 1);
    CHECK(bench.executor.perform(takeover(vrrp::InstanceId{0}), boot_now()).empty());
}

TEST_CASE("any other failure is told and cuts nothing") {
    Bench bench;
    bench.edges.refuse = "send";
    const auto failures = bench.executor.perform(takeover(vrrp::InstanceId{0}), boot_now());
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].effect == vrrp::EffectKind::send_advert);
    CHECK(bench.edges.calls.size() == 3);
    REQUIRE(bench.journal.transitions("a").size() == 1);
    CHECK(bench.journal.transitions("a").front().steps.size() == 2); // not the advert
}

TEST_CASE("whoever listens is told of each transition, and who is Active as far as it tells") {
    Bench bench;
    std::vector<std::string> told;
    Executor executor(bench.node, bench.edges, bench.signatures, bench.journal, bench.log,
                      [&](const Happened& what) {
                          told.push_back(what.settings.name + " " + to_string(what.record.to) + " " +
                                         what.active_router + " " + std::to_string(what.record.steps.size()));
                      });
    CHECK(executor.perform(takeover(vrrp::InstanceId{1}), boot_now()).empty());
    const auto leave = [&](vrrp::Reason::Code code, vrrp::State to) {
        vrrp::Transitioned moved;
        moved.instance = vrrp::InstanceId{0};
        moved.from = vrrp::State::active;
        moved.to = to;
        moved.reason.code = code;
        moved.reason.peer = IpAddress::v4(10, 0, 1, 3);
        vrrp::Effects effects;
        effects.emplace_back(moved);
        CHECK(executor.perform(effects, boot_now()).empty());
    };
    leave(vrrp::Reason::Code::higher_priority, vrrp::State::backup);
    leave(vrrp::Reason::Code::shutdown_handover, vrrp::State::initialize);
    leave(vrrp::Reason::Code::fault, vrrp::State::fault);
    CHECK(told == std::vector<std::string>{"b active 10.0.1.2 3", "a backup 10.0.1.3 0",
                                           "a initialize 10.0.1.3 0", "a fault  0"});
}
