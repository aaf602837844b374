// Other settings for a Node that runs: what stays, what changes in place, who goes, who comes.
#include "vrrp/node.h"

#include "vrrp/timing.h"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <functional>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr IfIndex eth1{3};
const auto self = IpAddress::v4(10, 0, 1, 2);
const auto peer = IpAddress::v4(10, 0, 1, 3);

Prefix vip(std::uint8_t last) { return {IpAddress::v4(10, 0, 1, last), 24}; }

InstanceSettings instance(const std::string& name, std::uint8_t vrid, std::vector<Prefix> addresses) {
    InstanceSettings settings;
    settings.name = name;
    settings.interface = "eth0";
    settings.vrid = Vrid{vrid};
    settings.addresses = std::move(addresses);
    return settings;
}

Settings two() {
    Settings settings;
    settings.instances = {instance("a", 51, {vip(100)}), instance("b", 52, {vip(101)})};
    return settings;
}

/// "a: hold 10.0.1.100/24; a: move backup active": an effect a piece, but those of other instances than asked
/// for.
std::string words(const Node& node, const Effect& effect) {
    const auto list = [](std::span<const Prefix> addresses) {
        std::string text;
        for (const auto& prefix : addresses)
            text += " " + prefix.address.to_string();
        return text;
    };
    const auto name = [&](InstanceId id) { return node.settings_of(id).name + ": "; };
    if (const auto* send = std::get_if<SendAdvert>(&effect))
        return name(send->instance) + "send " + std::to_string(send->advert.priority.value) + " naming " +
               std::to_string(send->advert.addresses.size());
    if (const auto* hold = std::get_if<HoldAddresses>(&effect))
        return name(hold->instance) + (hold->in_place ? "hold in place" : "hold") + list(hold->addresses);
    if (const auto* release = std::get_if<ReleaseAddresses>(&effect))
        return name(release->instance) + (release->in_place ? "release in place" : "release") +
               list(release->addresses);
    if (const auto* announce = std::get_if<Announce>(&effect))
        return name(announce->instance) + "announce" + list(announce->addresses);
    if (const auto* move = std::get_if<Transitioned>(&effect))
        return name(move->instance) + to_string(move->from) + " -> " + to_string(move->to);
    if (const auto* priority = std::get_if<PriorityChanged>(&effect))
        return name(priority->instance) + "priority " + std::to_string(priority->to.value);
    return "";
}

struct Host {
    Settings settings;
    Node node;
    Time now{};

    explicit Host(const Settings& given) : settings(given), node(given, Time{}) {
        (void)feed(LinkChanged{"eth0", eth0, true, true});
        (void)feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}});
        (void)feed(LinkChanged{"eth1", eth1, true, true});
        (void)feed(AddressesChanged{eth1, {{Prefix{IpAddress::v4(10, 0, 2, 2), 24}, false}}});
        (void)feed(Commanded{Command::startup});
    }

    std::string feed(const Event& event) {
        std::string text;
        for (const auto& effect : node.handle(event, now))
            if (const auto more = words(node, effect); !more.empty())
                text += (text.empty() ? "" : "; ") + more;
        return text;
    }

    std::string reconfigure() { return feed(Reconfigured{settings}); }

    std::string run_to_deadline() {
        REQUIRE(node.deadline());
        now = std::max(now, *node.deadline());
        return feed(Elapsed{});
    }

    /// Until nothing is due before `then`.
    std::string run(Duration duration) {
        const auto then = now + duration;
        std::string text;
        while (node.deadline() && *node.deadline() <= then)
            if (const auto more = run_to_deadline(); !more.empty())
                text += (text.empty() ? "" : "; ") + more;
        now = then;
        return text;
    }

    std::string hear(std::uint8_t vrid, std::uint8_t priority, Duration interval = 1s) {
        const std::array<std::uint8_t, 4> octets{10, 0, 1, static_cast<std::uint8_t>(vrid + 49)};
        Advert advert;
        advert.vrid = Vrid{vrid};
        advert.priority = Priority{priority};
        advert.interval = interval;
        advert.addresses = AddressView(Family::ipv4, octets);
        return feed(AdvertReceived{eth0, peer, multicast_group_v4, advert});
    }

    const InstanceView view(const std::string& name) const {
        for (const auto& view : node.snapshot(now).instances)
            if (view.name == name)
                return view;
        FAIL("no instance " << name);
        return {};
    }

    bool has(const std::string& name) const {
        const auto all = node.snapshot(now).instances;
        return std::any_of(all.begin(), all.end(), [&](const auto& view) { return view.name == name; });
    }
};

bool equal(const InstanceView& x, const InstanceView& y) {
    return x.id == y.id && x.state == y.state && x.since == y.since && x.reason == y.reason &&
           x.deadline == y.deadline && x.active_adver_interval == y.active_adver_interval &&
           x.counters == y.counters && x.effective_priority == y.effective_priority;
}

} // namespace

TEST_CASE("equal settings disturb nothing: state, timers, what was learnt, counters") {
    Host host(two());
    for (int i = 0; i < 4; ++i) { // a becomes Active, b hears a greater one
        host.now += 900ms;
        (void)host.hear(52, 200, 2s);
        (void)host.feed(Elapsed{});
    }
    CHECK(host.run(50ms) ==
          "a: hold 10.0.1.100; a: send 100 naming 1; a: announce 10.0.1.100; a: backup -> active");
    const auto a = host.view("a");
    const auto b = host.view("b");
    const auto deadline = host.node.deadline();
    for (int i = 0; i < 3; ++i) {
        host.now += 10ms;
        CHECK(host.reconfigure().empty());
        CHECK(equal(host.view("a"), a));
        CHECK(equal(host.view("b"), b));
        CHECK(host.node.deadline() == deadline);
    }
}

TEST_CASE("while one changes, comes or goes, the other keeps the phase of its Adver_Timer") {
    Host host(two());
    (void)host.hear(52, 200);
    (void)host.run(3700ms);
    REQUIRE(host.view("a").state == State::active);
    std::vector<Time> adverts;
    const std::vector<std::function<void(Settings&)>> changes{
        [](Settings& settings) { settings.instances[1].priority = Priority{50}; },
        [](Settings& settings) { settings.instances[1].interface = "eth1"; },
        [](Settings& settings) { settings.instances.pop_back(); },
        [](Settings& settings) { settings.instances.push_back(instance("c", 53, {vip(102)})); },
        [](Settings& settings) { std::reverse(settings.instances.begin(), settings.instances.end()); },
    };
    const auto since = host.view("a").since;
    const auto first = since + 1s;
    std::size_t sent = 0;
    for (const auto& change : changes) {
        change(host.settings);
        CHECK(host.reconfigure().find("a: ") == std::string::npos);
        const auto end = host.now + 1300ms;
        while (host.node.deadline() && *host.node.deadline() <= end)
            if (host.run_to_deadline().find("a: send 100") != std::string::npos)
                CHECK(host.now == first + (1s * sent++));
        host.now = end;
    }
    CHECK(sent == 6);
    CHECK(host.view("a").since == since);
}

TEST_CASE(
    "an address that comes is held and announced, one that goes is released, and adverts name the new list") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0].addresses = {vip(110), vip(100)};
    host.settings.instances[1].addresses = {vip(111)};
    CHECK(host.reconfigure() ==
          "b: release in place 10.0.1.101; a: hold in place 10.0.1.110 10.0.1.100; "
          "a: announce 10.0.1.110 10.0.1.100; b: hold in place 10.0.1.111; b: announce 10.0.1.111");
    CHECK(host.run(1s).find("a: send 100 naming 2") != std::string::npos);
    CHECK(host.view("a").state == State::active);
    CHECK(host.view("b").addresses == std::vector{vip(111)});
}

TEST_CASE("an address moves from one to the other: given up before it is taken, whoever comes first") {
    auto settings = two();
    settings.instances[1].addresses.push_back(vip(102));
    Host host(settings);
    (void)host.run(3700ms);
    host.settings.instances[1].addresses.pop_back();
    host.settings.instances[0].addresses.push_back(vip(102));
    CHECK(host.reconfigure().starts_with(
        "b: release in place 10.0.1.102; a: hold in place 10.0.1.100 10.0.1.102"));
}

TEST_CASE("what is told of an address that moves from one that begins anew to one that stays is how it was "
          "before") {
    Host host(two());
    (void)host.run(5s);
    host.settings.instances[0].vrid = Vrid{53}; // another router
    host.settings.instances[0].addresses = {vip(102)};
    host.settings.instances[1].addresses = {vip(100), vip(101)};
    CHECK(host.reconfigure() == "a: send 0 naming 1");
    CHECK(host.hear(51, 90) == "a: release 10.0.1.100; a: active -> initialize");
    const auto told = host.feed(
        AddressesChanged{eth0, {{Prefix{self, 24}, false}, {vip(101), true}}}); // without 10.0.1.100
    CHECK(told.empty());
    CHECK(host.run(0s).starts_with("b: hold in place 10.0.1.100 10.0.1.101; "));
    CHECK(host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}, {vip(100), true}, {vip(101), true}}})
              .empty());
}

TEST_CASE("an address that cannot be released is tried again, unless somebody else has it by then") {
    auto settings = two();
    settings.instances[0].addresses.push_back(vip(110));
    settings.instances[0].addresses.push_back(vip(111));
    Host host(settings);
    (void)host.run(3700ms);
    const auto all = std::exchange(host.settings.instances[0].addresses, {vip(100)});
    CHECK(host.reconfigure().starts_with("a: release in place 10.0.1.110 10.0.1.111; "));
    (void)host.feed(EffectFailed{host.view("a").id, EffectKind::release_addresses, "busy"});
    host.settings.instances[1].addresses.push_back(vip(110));
    (void)host.reconfigure();
    CHECK(host.run(1100ms).find("a: release in place 10.0.1.111;") != std::string::npos);
    CHECK(host.run(3s).find("release") == std::string::npos);
}

TEST_CASE("an address that the kernel refuses in place is a fault, told with priority 0") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0].addresses.push_back(vip(110));
    (void)host.reconfigure();
    CHECK(host.feed(EffectFailed{host.view("a").id, EffectKind::hold_addresses, "no"}) ==
          "a: send 0 naming 2; a: release 10.0.1.100 10.0.1.110; a: active -> fault");
    // Taken back, it is tried again at once.
    host.settings.instances[0].addresses.pop_back();
    CHECK(host.reconfigure().empty());
    CHECK(host.node.deadline() == host.now);
    CHECK(host.run_to_deadline() == "a: fault -> backup");
}

TEST_CASE("a Backup's list changes without a word") {
    Host host(two());
    host.settings.instances[0].addresses = {vip(110)};
    CHECK(host.reconfigure().empty());
    CHECK(host.run(3700ms).find("a: hold 10.0.1.110") != std::string::npos);
}

TEST_CASE("priority and tracks change in place") {
    Host host(two());
    (void)host.run(3700ms);
    const auto since = host.view("a").since;
    host.settings.instances[0].priority = Priority{150};
    CHECK(host.reconfigure() == "a: priority 150; a: send 150 naming 1");
    CHECK(host.run(1s).find("a: send 150") != std::string::npos);
    CHECK(host.view("a").since == since);

    host.settings.checks = {{"web", 1, 1}};
    host.settings.instances[0].track = {{TrackSettings::Kind::check, "web", -20}};
    host.settings.instances[1].track = {{TrackSettings::Kind::check, "web", 0}};
    CHECK_MESSAGE(host.reconfigure().empty(), "nobody leaves its state for a check without a result");
    CHECK(host.view("b").state == State::active);
    const auto web = host.node.find_check("web");
    REQUIRE(web);
    const auto effects = host.feed(Probed{*web, false, "down", 1ms});
    CHECK(effects.find("a: priority 130") != std::string::npos);
    CHECK(effects.find("b: active -> fault") != std::string::npos);

    host.settings.checks.clear();
    host.settings.instances[0].track.clear();
    host.settings.instances[1].track.clear();
    CHECK(host.reconfigure() == "a: priority 150; a: send 150 naming 1; b: fault -> backup");
    CHECK(host.node.snapshot(host.now).checks.empty());
}

TEST_CASE("a Backup's timer goes by the new priority") {
    Host host(two());
    (void)host.hear(51, 200);
    const auto heard = host.now;
    host.now += 1s;
    host.settings.instances[0].priority = Priority{150};
    (void)host.reconfigure();
    CHECK(host.view("a").deadline == heard + active_down_interval(Priority{150}, 1s));
}

TEST_CASE("an interval that changes is told to the Backups at once, and kept from then on") {
    for (const auto& [before, after] : {std::pair<Duration, Duration>(1s, 100ms), {100ms, 10s}}) {
        auto settings = two();
        settings.instances[0].advert_interval = before;
        Host host(settings);
        (void)host.run(3700ms);
        REQUIRE(host.view("a").state == State::active);
        host.now += before / 2;
        host.settings.instances[0].advert_interval = after;
        CHECK(host.reconfigure().empty());
        CHECK(host.feed(Elapsed{}).find("a: send 100") != std::string::npos);
        const auto told = host.now;
        CHECK(host.view("a").state == State::active);
        while (host.run_to_deadline().find("a: send 100") == std::string::npos)
            ;
        CHECK(host.now == told + after);
    }
}

TEST_CASE("a Backup whose own interval changes keeps what it has learnt, or begins its timer anew") {
    Host host(two());
    (void)host.hear(51, 200, 2s);
    host.now += 1s;
    const auto a = host.view("a");
    for (auto& one : host.settings.instances)
        one.advert_interval = 100ms;
    (void)host.reconfigure();
    CHECK(host.view("a").deadline == a.deadline);
    CHECK(host.view("a").active_adver_interval == 2s);
    CHECK(host.view("b").deadline == host.now + active_down_interval(Priority{100}, 100ms));
}

TEST_CASE("how adverts are taken changes in place") {
    auto settings = two();
    settings.instances[0].priority = Priority{150};
    Host host(settings);
    (void)host.run(3700ms);
    host.settings.instances[0].answer_lower_priority = false;
    CHECK(host.reconfigure().empty());
    CHECK(host.hear(51, 100).find("send") == std::string::npos);
    host.settings.instances[0].unicast.peers = {peer};
    CHECK(host.reconfigure().empty());
    CHECK(host.run(1s).find("a: send 150") != std::string::npos);
}

TEST_CASE("preempt_delay changes by as much as it is longer") {
    auto settings = two();
    settings.instances[0].preempt_delay = 100s;
    Host host(settings);
    host.now += 1s;
    (void)host.hear(51, 50);
    host.settings.instances[0].preempt_delay = 2s;
    (void)host.reconfigure();
    host.now += 500ms;
    (void)host.hear(51, 50); // still left alone
    const auto alone = host.view("a").deadline;
    host.now += 1s;
    (void)host.hear(51, 50);
    CHECK(host.view("a").deadline == alone);
}

TEST_CASE(
    "who is no longer named hands over like one that is stopped, and goes when its successor is heard") {
    Host host(two());
    (void)host.run(3700ms);
    const auto id = host.view("b").id;
    const auto composition = host.node.composition();
    host.settings.instances.pop_back();
    CHECK(host.reconfigure() == "b: send 0 naming 1");
    CHECK(host.view("b").handing_over);
    CHECK(host.node.settings_of(id).name == "b");
    CHECK(host.hear(52, 90) == "b: release 10.0.1.101; b: active -> initialize");
    CHECK(host.node.composition() != composition);
    CHECK(host.node.deadline() == host.now);
    CHECK(host.run_to_deadline().empty());
    CHECK_FALSE(host.has("b"));
    CHECK(host.node.occupants().size() == 1);
    CHECK(host.hear(52, 90) == "");
}

TEST_CASE("without a successor it lets go after two Skew_Times; a release that fails is tried again before "
          "it is gone") {
    Host host(two());
    (void)host.run(3700ms);
    const auto id = host.view("b").id;
    host.settings.instances.pop_back();
    (void)host.reconfigure();
    const auto latest = host.now + 2 * skew_time(Priority{1}, 1s);
    while (host.run_to_deadline().find("b: release 10.0.1.101") == std::string::npos)
        REQUIRE(host.now < latest);
    CHECK(host.now == latest);
    CHECK(host.feed(EffectFailed{id, EffectKind::release_addresses, "busy"}).empty());
    CHECK(host.run(500ms).find("b:") == std::string::npos);
    CHECK(host.has("b"));
    CHECK(host.run(600ms).find("b: release 10.0.1.101") != std::string::npos);
    (void)host.run_to_deadline();
    CHECK_FALSE(host.has("b"));
}

TEST_CASE("who comes takes a free place, and nobody else's number changes") {
    Host host(two());
    const auto a = host.view("a").id;
    const auto b = host.view("b").id;
    host.settings.instances.erase(host.settings.instances.begin());
    CHECK(host.reconfigure() == "a: backup -> initialize");
    (void)host.run_to_deadline();
    CHECK_FALSE(host.has("a"));
    CHECK(host.view("b").id == b);
    host.settings.instances.insert(host.settings.instances.begin(), instance("c", 53, {vip(103)}));
    CHECK(host.reconfigure() == "c: initialize -> backup");
    CHECK(host.view("c").id == a);
    CHECK(host.view("b").id == b);
    CHECK(host.view("c").deadline == host.now + active_down_interval(Priority{100}, 1s));
}

TEST_CASE("what cannot change in place begins anew, once it has let go") {
    const std::vector<std::pair<const char*, std::function<void(InstanceSettings&)>>> changes{
        {"interface", [](auto& one) { one.interface = "eth1"; }},
        {"vrid", [](auto& one) { one.vrid = Vrid{77}; }},
        {"version", [](auto& one) { one.version = Version::v2; }},
        {"owner", [](auto& one) { one.priority = owner; }},
        {"virtual MAC", [](auto& one) { one.virtual_mac = true, one.holder = "eth1"; }},
    };
    for (const auto& change : changes) {
        CAPTURE(change.first);
        Host host(two());
        (void)host.run(3700ms);
        const auto id = host.view("a").id;
        change.second(host.settings.instances[0]);
        CHECK(host.reconfigure() == "a: send 0 naming 1");
        CHECK(host.view("a").handing_over);
        CHECK(host.view("a").vrid == Vrid{51});
        const auto occupants = host.node.occupants();
        CHECK(std::count_if(occupants.begin(), occupants.end(),
                            [](const auto& one) { return one.waiting; }) == 1);
        CHECK(host.hear(51, 90) == "a: release 10.0.1.100; a: active -> initialize");
        CHECK(host.run_to_deadline().find("a: initialize -> ") != std::string::npos);
        CHECK(host.view("a").id == id);
        CHECK(host.view("a").vrid == host.settings.instances[0].vrid);
        CHECK(host.view("b").state == State::active);
    }
}

TEST_CASE("who needs what another one leaves waits for it: the VRID, an address") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0] = instance("c", 51, {vip(100)});  // a under another name
    host.settings.instances[1].addresses = {vip(101), vip(110)}; // in nobody's way
    CHECK(host.reconfigure() == "a: send 0 naming 1; b: hold in place 10.0.1.101 10.0.1.110; "
                                "b: announce 10.0.1.101 10.0.1.110");
    CHECK_FALSE(host.has("c"));
    CHECK(host.view("b").addresses.size() == 2);
    CHECK(host.hear(51, 90) == "a: release 10.0.1.100; a: active -> initialize");
    CHECK(host.run_to_deadline() == "c: initialize -> backup");

    // b takes the address of c, which goes: its list waits, everything else of it too.
    (void)host.run(3700ms);
    REQUIRE(host.view("c").state == State::active);
    host.settings.instances.erase(host.settings.instances.begin());
    host.settings.instances[0].addresses = {vip(100), vip(101)};
    CHECK(host.reconfigure() == "c: send 0 naming 1");
    CHECK(host.view("b").addresses.size() == 2);
    CHECK(host.hear(51, 90) == "c: release 10.0.1.100; c: active -> initialize");
    CHECK(host.run_to_deadline().starts_with(
        "b: release in place 10.0.1.110; b: hold in place 10.0.1.100 10.0.1.101"));
}

TEST_CASE("one that has left and has to wait for another one keeps nobody busy") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0].vrid = Vrid{52}; // that of b, which is to have another
    host.settings.instances[1].vrid = Vrid{53};
    (void)host.reconfigure();
    CHECK(host.hear(51, 90) == "a: release 10.0.1.100; a: active -> initialize");
    CHECK(host.run_to_deadline().empty()); // to be put away
    CHECK_FALSE(host.has("a"));
    CHECK(host.node.deadline() > host.now);
    CHECK(host.hear(52, 90) == "b: release 10.0.1.101; b: active -> initialize");
    CHECK(host.run_to_deadline() == "a: initialize -> backup; b: initialize -> backup");
}

TEST_CASE("who was released stays aside when it begins anew") {
    Host host(two());
    (void)host.run(5s);
    (void)host.feed(ReleaseAsked{InstanceId{0}});
    (void)host.hear(51, 90);
    REQUIRE(host.view("a").released);
    host.settings.instances[0].vrid = Vrid{53};
    (void)host.reconfigure();
    (void)host.run(10s);
    CHECK(host.view("a").vrid == Vrid{53});
    CHECK(host.view("a").released);
    CHECK(host.view("a").state == State::backup);
    CHECK(host.view("a").reason_code == "released");
    (void)host.feed(ResumeAsked{InstanceId{0}});
    (void)host.run(5s);
    CHECK(host.view("a").state == State::active);
}

TEST_CASE("another change while one still leaves: the last word counts") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0].vrid = Vrid{77};
    (void)host.reconfigure();
    host.settings.instances[0].vrid = Vrid{51};
    CHECK(host.reconfigure().empty());
    CHECK(host.hear(51, 90) == "a: release 10.0.1.100; a: active -> initialize");
    CHECK(host.run_to_deadline() == "a: initialize -> backup");
    CHECK(host.view("a").vrid == Vrid{51});
}

TEST_CASE("Shutdown ends who leaves and who waits; a second one ends it at once") {
    Host host(two());
    (void)host.run(3700ms);
    host.settings.instances[0].vrid = Vrid{77};
    (void)host.reconfigure();
    CHECK(host.feed(Commanded{Command::shutdown}) == "b: send 0 naming 1");
    CHECK_FALSE(host.node.stopped());
    CHECK(host.reconfigure().empty());
    (void)host.feed(Commanded{Command::shutdown});
    CHECK(host.node.stopped());
}

TEST_CASE("before Startup, and during its delay, who comes begins with the others") {
    auto settings = two();
    settings.startup_delay = 10s;
    Host host(settings);
    host.now += 1s;
    host.settings.instances.push_back(instance("c", 53, {vip(103)}));
    CHECK(host.reconfigure().empty());
    CHECK(host.view("c").reason_code == "startup_delay");
    CHECK(host.run(9s) == "a: initialize -> backup; b: initialize -> backup; c: initialize -> backup");
}

TEST_CASE("a check of the same name goes on counting, with other numbers") {
    auto settings = two();
    settings.checks = {{"web", 1, 3}};
    settings.instances[0].track = {{TrackSettings::Kind::check, "web", 0}};
    Host host(settings);
    const CheckId web{0};
    (void)host.feed(Probed{web, true, "", 1ms});
    CHECK(host.feed(Probed{web, false, "", 1ms}).empty());
    host.settings.checks = {{"mail", 1, 1}, {"web", 1, 2}};
    CHECK(host.reconfigure().empty());
    CHECK(host.node.find_check("web") == web);
    CHECK(host.feed(Probed{web, false, "", 1ms}).find("a: backup -> fault") != std::string::npos);
}

TEST_CASE("who comes to a group moves nobody") {
    SUBCASE("to one that is Active") {
        auto settings = two();
        settings.instances.push_back(instance("c", 53, {vip(102)}));
        settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
        Host host(settings);
        (void)host.hear(53, 200);
        (void)host.run(3500ms);
        (void)host.hear(53, 200);
        (void)host.run(500ms);
        REQUIRE(host.view("a").state == State::active);
        REQUIRE(host.view("c").state == State::backup);
        host.settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}, InstanceId{2}}}};
        host.settings.instances.push_back(instance("d", 54, {vip(103)}));
        host.settings.sync_groups[0].members.push_back(InstanceId{3});
        CHECK(host.reconfigure() == "d: initialize -> backup");
        (void)host.hear(53, 200);
        CHECK(host.run(3s).find("->") == std::string::npos);
        CHECK(host.view("a").state == State::active);
        (void)host.run(5s); // nobody is heard any more: both join
        CHECK(host.view("c").state == State::active);
        CHECK(host.view("d").state == State::active);
    }
    SUBCASE("to one that is Backup") {
        auto settings = two();
        settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
        Host host(settings);
        host.settings.instances.push_back(instance("c", 53, {vip(102)}));
        host.settings.sync_groups[0].members.push_back(InstanceId{2});
        CHECK(host.reconfigure() == "c: initialize -> backup");
        for (int i = 0; i < 10; ++i) { // nobody advertises c; it waits with the others all the same
            (void)host.hear(51, 200);
            (void)host.hear(52, 200);
            CHECK(host.run(1s).find("->") == std::string::npos);
        }
    }
    SUBCASE("who leaves it is free of its faults") {
        auto settings = two();
        settings.instances[1].interface = "eth1";
        settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
        Host host(settings);
        (void)host.feed(LinkChanged{"eth1", eth1, true, false});
        REQUIRE(host.view("a").state == State::fault);
        host.settings.sync_groups.clear();
        CHECK(host.reconfigure() == "a: fault -> backup");
    }
}

TEST_CASE("announcements that wait are not lost when the settings change") {
    auto settings = two();
    settings.announce_rate = 10; // one frame in 100 ms
    settings.instances[0].addresses = {vip(100), vip(102), vip(103)};
    Host host(settings);
    (void)host.run(3610ms);
    REQUIRE(host.view("a").state == State::active);
    host.settings.instances[0].priority = Priority{120};
    (void)host.reconfigure();
    host.settings.announce_rate = 0;
    CHECK(host.reconfigure().find("a: announce 10.0.1.100 10.0.1.102 10.0.1.103") != std::string::npos);
}
