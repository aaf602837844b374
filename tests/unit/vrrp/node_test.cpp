// The Node's own duties: finding the router, and what comes back when effects fail. The rules of the election
// are told as stories in tests/scenarios.
#include "vrrp/node.h"

#include "vrrp/left_out.h"
#include "vrrp/timing.h"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
const auto self = IpAddress::v4(10, 0, 1, 2);
const auto peer = IpAddress::v4(10, 0, 1, 3);
const Prefix vip{IpAddress::v4(10, 0, 1, 100), 24};
constexpr std::array<std::uint8_t, 4> vip_octets{10, 0, 1, 100};
constexpr InstanceId vi{0};

Settings one_instance(Priority priority = Priority{100}) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.priority = priority;
    instance.addresses = {vip};
    Settings settings;
    settings.instances = {instance};
    return settings;
}

/// Names of the effects, in order: what a takeover and its kin look like.
std::string shape(const Effects& effects) {
    constexpr std::array<const char*, 11> names{"send",           "hold",     "release", "hold_routes",
                                                "release_routes", "announce", "move",    "run",
                                                "forget",         "check",    "priority"};
    std::string text;
    for (const auto& effect : effects)
        text += (text.empty() ? "" : " ") + std::string(names.at(effect.index()));
    return text;
}

template <class T>
const T& get_one(const Effects& effects) {
    const auto found = std::find_if(effects.begin(), effects.end(),
                                    [](const Effect& effect) { return std::holds_alternative<T>(effect); });
    REQUIRE(found != effects.end());
    return std::get<T>(*found);
}

/// A Node with a link and an address of its own, taking part since time 0.
struct Host {
    Node node;
    Time now{};

    explicit Host(const Settings& settings = one_instance()) : node(settings, Time{}) {
        CHECK(feed(LinkChanged{"eth0", eth0, true, true}).empty());
        CHECK(feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}}).empty());
        CHECK(shape(feed(Commanded{Command::startup})) ==
              (owns(settings) ? "hold send announce move" : "move"));
    }

    static bool owns(const Settings& settings) { return settings.instances.front().priority == owner; }

    /// What it does; what it notices goes into `notices`.
    Effects feed(const Event& event) {
        auto effects = node.handle(event, now);
        for (const auto& effect : effects)
            if (const auto* noticed = std::get_if<Noticed>(&effect))
                notices.push_back(*noticed);
        std::erase_if(effects, [](const Effect& effect) { return std::holds_alternative<Noticed>(effect); });
        return effects;
    }

    std::vector<Noticed> notices;

    Effects run_to_deadline() {
        REQUIRE(node.deadline());
        now = *node.deadline();
        return feed(Elapsed{});
    }

    Effects hear(Priority priority, IpAddress from = peer) {
        Advert advert;
        advert.vrid = Vrid{51};
        advert.priority = priority;
        advert.interval = 1s;
        advert.addresses = AddressView(Family::ipv4, vip_octets);
        return feed(AdvertReceived{eth0, from, multicast_group_v4, advert});
    }

    InstanceView view() const { return node.snapshot(now).instances.front(); }

    std::uint64_t counter(const std::string& name) const {
        for (const auto& [key, value] : view().counters)
            if (key == name)
                return value;
        FAIL("no counter " << name);
        return 0;
    }
};

} // namespace

TEST_CASE("a takeover holds, advertises, announces, and only then is told") {
    Host host;
    CHECK(host.node.deadline() == Time{active_down_interval(Priority{100}, 1s)});
    const auto effects = host.run_to_deadline();
    CHECK(shape(effects) == "hold send announce move");
    const auto& transition = get_one<Transitioned>(effects);
    CHECK(transition.from == State::backup);
    CHECK(transition.to == State::active);
    CHECK(transition.number == 2);
    CHECK(get_one<SendAdvert>(effects).source == self);
    CHECK(host.view().active_router == self);
}

TEST_CASE("a takeover that our own delay may have caused is told apart") {
    for (const auto interval : {Duration(10ms), Duration(1s)}) {
        auto settings = one_instance();
        settings.instances.front().advert_interval = interval;
        for (const auto& [late, told] : {std::pair(interval, Duration{}), {interval + 1us, interval + 1us}}) {
            Host host(settings);
            host.now = *host.node.deadline() + late;
            const auto effects = host.feed(Elapsed{});
            CHECK(get_one<Transitioned>(effects).reason.late == told);
            CHECK(host.counter("late_takeovers") == (told == Duration{} ? 0 : 1));
        }
    }
}

TEST_CASE("a takeover whose addresses the kernel refuses never happened for the others") {
    Host host;
    (void)host.run_to_deadline();
    const auto effects = host.feed(
        EffectFailed{vi, EffectKind::hold_addresses, "10.0.1.100/24 on eth0: Operation not permitted"});
    CHECK(shape(effects) == "release move");
    CHECK(get_one<Transitioned>(effects).from == State::backup);
    CHECK(get_one<Transitioned>(effects).to == State::fault);
    CHECK(host.view().faults.front().name == "address_not_held");

    // It tries again after one second, and after two when that fails as well.
    for (const Duration delay : {Duration(1s), Duration(2s), Duration(4s)}) {
        CHECK(host.node.deadline() == host.now + delay);
        CHECK(shape(host.run_to_deadline()) == "move");
        CHECK(shape(host.run_to_deadline()) == "hold send announce move");
        CHECK(shape(host.feed(EffectFailed{vi, EffectKind::hold_addresses, "no"})) == "release move");
    }
}

TEST_CASE("an owner whose addresses the kernel refuses at once goes to fault, not to Active") {
    Host host(one_instance(owner));
    const auto effects = host.feed(EffectFailed{vi, EffectKind::hold_addresses, "no"});
    CHECK(get_one<Transitioned>(effects).from == State::initialize);
    CHECK(get_one<Transitioned>(effects).to == State::fault);
}

TEST_CASE("an Active router that cannot put its addresses back resigns") {
    Host host;
    (void)host.run_to_deadline();
    CHECK(shape(host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}})) == "hold announce");
    const auto effects = host.feed(EffectFailed{vi, EffectKind::hold_addresses, "no"});
    CHECK(shape(effects) == "send release move");
    CHECK(get_one<SendAdvert>(effects).advert.priority == resigning);
    CHECK(get_one<Transitioned>(effects).from == State::active);
}

TEST_CASE("a virtual address that is deleted comes back; the sixth time in ten seconds is a fault") {
    Host host;
    (void)host.run_to_deadline();
    for (int i = 0; i < 5; ++i)
        CHECK(shape(host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}})) == "hold announce");
    CHECK(shape(host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}})) == "send release move");
    CHECK(host.view().faults.front().name == "address_contested");
    CHECK(host.counter("address_repairs") == 6);
}

TEST_CASE("a virtual address of ours that stands there while Backup is released") {
    Host host;
    CHECK(shape(host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}, {vip, true}}})) == "release");
    CHECK(host.view().state == State::backup);
}

TEST_CASE("a virtual address that lost our mark is taken back, or it could not be released later") {
    Host host;
    (void)host.run_to_deadline();
    const auto effects = host.feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}, {vip, false}}});
    CHECK(shape(effects) == "hold announce");
    CHECK(get_one<HoldAddresses>(effects).reclaim);
}

TEST_CASE("an Active router whose interface is renamed lets go on the interface it was") {
    Host host;
    (void)host.run_to_deadline();
    const auto effects = host.feed(LinkChanged{"eth0", IfIndex{}, false, false});
    CHECK(shape(effects) == "release move");
    CHECK(get_one<ReleaseAddresses>(effects).interface == eth0);
}

TEST_CASE(
    "a link that returned before anybody was told that it had gone is announced on, and nothing moves") {
    auto settings = one_instance();
    SUBCASE("its own") {}
    SUBCASE("that of its virtual MAC address") {
        settings.instances.front().holder = "vmac0";
        settings.instances.front().virtual_mac = true;
    }
    Host host(settings);
    constexpr IfIndex vmac0{9};
    (void)host.feed(LinkChanged{"vmac0", vmac0, true, false});
    (void)host.run_to_deadline();
    (void)host.feed(LinkChanged{"vmac0", vmac0, true, true});
    const bool has_virtual_mac = settings.instances.front().virtual_mac;
    const auto up =
        has_virtual_mac ? LinkChanged{"vmac0", vmac0, true, true} : LinkChanged{"eth0", eth0, true, true};
    CHECK(host.feed(up).empty());
    auto returned = up;
    returned.returned = true;
    CHECK(shape(host.feed(returned)) == "announce");
    CHECK(host.view().state == State::active);
}

TEST_CASE("the reason of a fault is one that is still there") {
    auto settings = one_instance();
    settings.instances.front().track = {{TrackSettings::Kind::interface, "eth1", 0}};
    Node node(settings, Time{});
    (void)node.handle(AddressesChanged{eth0, {}}, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, false}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    CHECK(node.snapshot(Time{}).instances.front().reason == "interface eth0 has no link");
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}, false}}}, Time{});
    CHECK(node.snapshot(Time{}).instances.front().reason == "tracked interface eth1 is down");
}

TEST_CASE("where a family is deaf only its instances are in fault, and for that reason alone") {
    auto settings = one_instance();
    auto other = settings.instances.front();
    other.name = "VI_6";
    other.addresses = {Prefix{*IpAddress::parse("fe80::100"), 64}};
    settings.instances.push_back(other);
    const AddressesChanged both{
        eth0, {{Prefix{self, 24}, false}, {Prefix{*IpAddress::parse("fe80::1"), 64}, false}}};
    Node node(settings, Time{});
    const auto view = [&](std::size_t which) { return node.snapshot(Time{1s}).instances.at(which); };
    (void)node.handle(LinkChanged{"eth0", eth0, true, true, {}, {{Family::ipv6, "it is off"}}}, Time{});
    (void)node.handle(both, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    CHECK(view(0).state == State::backup);
    CHECK(view(1).state == State::fault);
    CHECK(view(1).reason == "adverts can be neither sent nor heard: it is off");
    CHECK(view(1).faults.size() == 1);

    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    CHECK(view(1).state == State::backup);
    (void)node.handle(Elapsed{}, *node.deadline());
    REQUIRE(view(1).state == State::active);
    // Active, it lets go without a word that could not leave, and the other one stays what it is.
    const auto effects =
        node.handle(LinkChanged{"eth0", eth0, true, true, {}, {{Family::ipv6, "it is off"}}}, Time{5s});
    CHECK(shape(effects) == "release move");
    CHECK(view(0).state == State::active);
    CHECK(view(1).faults.front().name == "no_advert_socket");
    // Another interface under the old name is told anew.
    (void)node.handle(LinkChanged{"eth0", IfIndex{7}, true, true}, Time{6s});
    CHECK(view(1).faults.front().name == "no_primary_address");
}

TEST_CASE("from a virtual MAC address an advert longer than the MTU is a fault, and nothing is taken") {
    auto settings = one_instance();
    auto& instance = settings.instances.front();
    instance.holder = "vmac0";
    instance.virtual_mac = true;
    const auto state_at = [&](std::size_t addresses, std::uint32_t mtu) {
        instance.addresses.assign(addresses, vip);
        Node node(settings, Time{});
        (void)node.handle(LinkChanged{"eth0", eth0, true, true, {}, {}, mtu}, Time{});
        (void)node.handle(LinkChanged{"vmac0", IfIndex{9}, true, false}, Time{});
        (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}, false}}}, Time{});
        (void)node.handle(Commanded{Command::startup}, Time{});
        const auto view = node.snapshot(Time{}).instances.front();
        return view.faults.empty() ? std::string(to_string(view.state)) : view.faults.front().name;
    };
    CHECK(state_at(100, 428) == "backup");
    CHECK(state_at(101, 428) == "advert_too_long");
    CHECK(state_at(101, 0) == "backup"); // not known
    instance.signs = true;
    CHECK(state_at(93, 428) == "backup");
    CHECK(state_at(94, 428) == "advert_too_long");
    instance.signs = false;
    instance.version = Version::v2;
    CHECK(state_at(98, 428) == "backup");
    CHECK(state_at(99, 428) == "advert_too_long");
    instance.unicast.peers = {peer}; // not in frames
    CHECK(state_at(99, 428) == "backup");
    instance.unicast.peers.clear();
    instance.virtual_mac = false; // in fragments, if need be
    CHECK(state_at(99, 428) == "backup");
}

TEST_CASE("a release that failed is tried again") {
    Host host;
    (void)host.run_to_deadline();
    CHECK(shape(host.hear(Priority{200})) == "send release move");
    CHECK(host.feed(EffectFailed{vi, EffectKind::release_addresses, "busy"}).empty());
    CHECK(host.node.deadline() == host.now + 1s);
    CHECK(shape(host.run_to_deadline()) == "release");
}

TEST_CASE("one or two lost adverts are counted, three in a row are a fault") {
    Host host;
    (void)host.run_to_deadline();
    CHECK(host.feed(EffectFailed{vi, EffectKind::send_advert, "no buffer"}).empty());
    (void)host.run_to_deadline(); // 100 ms: announces again
    (void)host.run_to_deadline(); // 1 s: advert and announcement
    CHECK(host.feed(EffectFailed{vi, EffectKind::send_advert, "no buffer"}).empty());
    (void)host.run_to_deadline();
    CHECK(shape(host.feed(EffectFailed{vi, EffectKind::send_advert, "no buffer"})) == "send release move");
    CHECK(host.view().faults.front().name == "advert_not_sent");
}

TEST_CASE("a success between lost adverts starts the count anew") {
    Host host;
    (void)host.run_to_deadline();
    for (int i = 0; i < 10; ++i) {
        while (shape(host.run_to_deadline()).find("send") == std::string::npos) {
        }
        if (i % 3 != 0) // two lost, one through
            CHECK(host.feed(EffectFailed{vi, EffectKind::send_advert, "no buffer"}).empty());
    }
    CHECK(host.view().state == State::active);
}

TEST_CASE("told to stop twice, an Active router lets go at once") {
    Host host;
    (void)host.run_to_deadline();
    CHECK(shape(host.feed(Commanded{Command::shutdown})) == "send");
    CHECK(host.view().handing_over);
    CHECK_FALSE(host.node.stopped());
    CHECK(shape(host.feed(Commanded{Command::shutdown})) == "release move");
    CHECK(host.node.stopped());
    CHECK_FALSE(host.node.deadline());
}

TEST_CASE("refused adverts are counted with the router they name, or with nobody's") {
    Host host;
    CHECK(host.feed(AdvertRejected{eth0, peer, {Vrid{51}, Version::v3}, Reject::checksum}).empty());
    CHECK(host.counter("rejected_checksum") == 1);
    CHECK(host.feed(AdvertRejected{eth0, peer, {Vrid{52}, Version::v3}, Reject::checksum}).empty());
    CHECK(host.feed(AdvertRejected{eth0, peer, {}, Reject::too_short}).empty());
    CHECK(host.feed(AdvertRejected{IfIndex{9}, peer, {Vrid{51}, Version::v3}, Reject::checksum}).empty());
    CHECK(host.counter("rejected_checksum") == 1);
    for (const auto& counter : host.node.snapshot(host.now).counters) {
        CAPTURE(counter.first);
        CHECK(counter.second == (counter.first == "rejected_checksum"    ? 2U
                                 : counter.first == "rejected_too_short" ? 1U
                                                                         : 0U));
    }
}

TEST_CASE("an advert from an address that no host has is refused and changes nothing") {
    Host host;
    const auto deadline = host.node.deadline();
    for (const auto& source : {IpAddress::v4(0, 0, 0, 0), IpAddress::v4(224, 0, 0, 18)})
        (void)host.hear(Priority{200}, source);
    CHECK(host.counter("rejected_source") == 2);
    CHECK(host.node.deadline() == deadline);
}

TEST_CASE("our own address as source, and another destination, are refused and change nothing") {
    Host host;
    const auto deadline = host.node.deadline();
    CHECK(host.hear(Priority{200}, self).empty());
    CHECK(host.counter("rejected_own_source") == 1);
    Advert advert;
    advert.vrid = Vrid{51};
    advert.priority = Priority{200};
    advert.interval = 1s;
    CHECK(host.feed(AdvertReceived{eth0, peer, self, advert}).empty());
    CHECK(host.counter("rejected_destination") == 1);
    CHECK(host.node.deadline() == deadline);
}

TEST_CASE("an interface made again under the old name is used under its new number") {
    Host host;
    CHECK(shape(host.feed(LinkChanged{"eth0", IfIndex{}, false, false})) == "move");
    CHECK(host.view().faults.front().name == "interface_missing");
    CHECK(host.feed(LinkChanged{"eth0", IfIndex{7}, true, true}).empty());
    CHECK(host.view().faults.front().name == "no_primary_address");
    CHECK(shape(host.feed(AddressesChanged{IfIndex{7}, {{Prefix{self, 24}, false}}})) == "move");
    CHECK(get_one<HoldAddresses>(host.run_to_deadline()).interface == IfIndex{7});
}

TEST_CASE("an instance waits for the first result of each check it tracks") {
    auto settings = one_instance();
    settings.checks = {{"haproxy", 2, 2}};
    settings.instances.front().track = {{TrackSettings::Kind::check, "haproxy", -20}};
    Node node(settings, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}, false}}}, Time{});
    CHECK(node.handle(Commanded{Command::startup}, Time{}).empty());
    CHECK_FALSE(node.deadline());
    CHECK(node.snapshot(Time{}).instances.front().reason == "waiting for the first result of check haproxy");

    CHECK(shape(node.handle(Probed{CheckId{0}, true, "", {}}, Time{})) == "check move");
    CHECK(node.snapshot(Time{}).instances.front().effective_priority == Priority{100});
    CHECK(node.handle(Probed{CheckId{0}, false, "", {}}, Time{}).empty());
    CHECK(shape(node.handle(Probed{CheckId{0}, false, "", {}}, Time{})) == "check priority");
    CHECK(node.snapshot(Time{}).instances.front().effective_priority == Priority{80});
}

TEST_CASE("the last word has our own interval, and is not said to a winner that speaks less often") {
    for (const Duration winners : {Duration(500ms), Duration(1s), Duration(5s)}) {
        Host host;
        (void)host.run_to_deadline();
        Advert advert;
        advert.vrid = Vrid{51};
        advert.priority = Priority{200};
        advert.interval = winners;
        advert.addresses = AddressView(Family::ipv4, vip_octets);
        const auto effects = host.feed(AdvertReceived{eth0, peer, multicast_group_v4, advert});
        CHECK(shape(effects) == (winners > 1s ? "release move" : "send release move"));
        if (winners > 1s)
            continue;
        const auto& word = get_one<SendAdvert>(effects).advert;
        CHECK(word.interval == 1s);
        CHECK(word.priority == Priority{100});
    }
}

TEST_CASE("with a virtual MAC address the last word does not come from it: it would call the switches back") {
    auto settings = one_instance();
    settings.instances.front().virtual_mac = true;
    Host host(settings);
    CHECK(get_one<SendAdvert>(host.run_to_deadline()).from_virtual_mac);
    CHECK_FALSE(get_one<SendAdvert>(host.hear(Priority{200})).from_virtual_mac);
}

TEST_CASE("refused adverts are told at once, then once a minute with the number of those between") {
    Host host;
    const AdvertRejected rejected{eth0, peer, {Vrid{51}, Version::v3}, Reject::checksum};
    for (int i = 0; i < 1000; ++i)
        (void)host.feed(rejected);
    REQUIRE(host.notices.size() == 1);
    CHECK(host.notices[0].instance == vi);
    CHECK(describe(host.notices[0].notice) == "refused an advert from 10.0.1.3: its checksum is wrong");
    host.now += 1min;
    (void)host.feed(rejected);
    REQUIRE(host.notices.size() == 2);
    CHECK(describe(host.notices[1].notice) ==
          "refused an advert from 10.0.1.3: its checksum is wrong (and 999 more since this was last told)");
    // Another reason has a count of its own, and so has what belongs to no instance.
    (void)host.feed(AdvertRejected{eth0, peer, {Vrid{51}, Version::v3}, Reject::type});
    (void)host.feed(AdvertRejected{eth0, peer, {Vrid{52}, Version::v3}, Reject::type});
    REQUIRE(host.notices.size() == 4);
    CHECK(host.notices[2].instance == vi);
    CHECK_FALSE(host.notices[3].instance);
}

TEST_CASE("an Active node that refuses an advert for its signature says that there may be two") {
    Host host;
    const auto refused = [&](Reject reason) {
        host.notices.clear();
        (void)host.feed(AdvertRejected{eth0, peer, {Vrid{51}, Version::v3}, reason});
        REQUIRE(host.notices.size() == 1);
        return describe(host.notices[0].notice);
    };
    CHECK(refused(Reject::authentication_invalid).ends_with("under that number, or it is forged"));
    (void)host.run_to_deadline();
    REQUIRE(host.node.snapshot(host.now).instances.front().state == State::active);
    CHECK(refused(Reject::authentication_missing) == "refused an advert from 10.0.1.3: it is not signed; "
                                                     "this node is Active, so if that is one of its peers, "
                                                     "there are two");
    CHECK(refused(Reject::checksum) == "refused an advert from 10.0.1.3: its checksum is wrong");
}

TEST_CASE("whoever has the keys can ask whose an advert is, and whether it would be taken") {
    Host host;
    const std::array<std::uint8_t, 2> octets{0x31, 51};
    Datagram datagram{eth0, peer, multicast_group_v4, 255, octets};
    CHECK(host.node.addressee(datagram) == vi);
    datagram.interface = IfIndex{3};
    CHECK_FALSE(host.node.addressee(datagram).has_value());
    datagram.payload = std::span(octets).first(1);
    CHECK_FALSE(host.node.addressee(datagram).has_value());

    AdvertReceived received{eth0, peer, multicast_group_v4, Advert{Vrid{51}, Priority{100}, 1s, {}, {}}};
    CHECK_FALSE(host.node.objection(received).has_value());
    received.destination = self;
    CHECK(host.node.objection(received) == Reject::destination);
    received.source = self;
    CHECK(host.node.objection(received) == Reject::own_source);
    received.advert.vrid = Vrid{52};
    CHECK(host.node.objection(received) == Reject::unknown_vrid);
    // It was only asked.
    const auto snapshot = host.node.snapshot(host.now);
    for (const auto& counter : snapshot.instances.front().counters)
        CHECK_MESSAGE((!counter.first.starts_with("rejected_") || counter.second == 0), counter.first);
}

TEST_CASE("adverts of other groups are counted, and not told") {
    Host host;
    (void)host.feed(
        AdvertReceived{eth0, peer, multicast_group_v4, Advert{Vrid{52}, Priority{100}, 1s, {}, {}}});
    CHECK(host.notices.empty());
}

TEST_CASE("an advert of another version is refused as such, however it reads by ours") {
    Host host;
    (void)host.feed(AdvertRejected{eth0, peer, {Vrid{51}, Version::v2}, Reject::checksum});
    CHECK(host.counter("rejected_version") == 1);
    (void)host.feed(AdvertRejected{eth0, peer, {Vrid{51}, Version::v2}, Reject::hop_limit});
    CHECK(host.counter("rejected_hop_limit") == 1);
    (void)host.feed(AdvertRejected{eth0, peer, {Vrid{51}, std::nullopt}, Reject::version});
    CHECK(host.counter("rejected_version") == 2);
}

TEST_CASE("one unicast peer that cannot be reached is no fault while another can") {
    auto settings = one_instance();
    settings.instances.front().unicast.peers = {peer, IpAddress::v4(10, 0, 1, 4)};
    Host host(settings);
    CHECK(shape(host.run_to_deadline()) == "hold send send announce move");
    for (int i = 0; i < 10; ++i) {
        while (shape(host.run_to_deadline()).find("send send") == std::string::npos) {
        }
        CHECK(host.feed(EffectFailed{vi, EffectKind::send_advert, "no route to host"}).empty());
    }
    CHECK(host.view().state == State::active);
    for (int i = 0; i < 3; ++i) {
        while (shape(host.run_to_deadline()).find("send send") == std::string::npos) {
        }
        (void)host.feed(EffectFailed{vi, EffectKind::send_advert, "no route to host"});
        (void)host.feed(EffectFailed{vi, EffectKind::send_advert, "no route to host"});
    }
    CHECK(host.view().faults.front().name == "advert_not_sent");
}

TEST_CASE("a tentative address is not sent from; the configured source is waited for") {
    auto settings = one_instance();
    settings.instances.front().source = IpAddress::v4(10, 0, 1, 9);
    Node node(settings, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}}}}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    CHECK(node.snapshot(Time{}).instances.front().faults.front().text ==
          "the configured source address 10.0.1.9 is not there to send adverts from");
    const Prefix source{IpAddress::v4(10, 0, 1, 9), 24};
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}}, {source, false, true}}}, Time{});
    CHECK(node.snapshot(Time{}).instances.front().state == State::fault);
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}}, {source}}}, Time{});
    CHECK(node.snapshot(Time{}).instances.front().primary_address == source.address);
    CHECK(node.snapshot(Time{}).instances.front().state == State::backup);
}

TEST_CASE("an IPv6 router sends from a link-local address that is not virtual") {
    auto settings = one_instance();
    auto& instance = settings.instances.front();
    instance.addresses = {*Prefix::parse("fe80::100/64"), *Prefix::parse("2001:db8::100/64")};
    Node node(settings, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0,
                                       {{Prefix{self, 24}},
                                        {*Prefix::parse("2001:db8::2/64")},
                                        {*Prefix::parse("fe80::100/64")},
                                        {*Prefix::parse("fe80::2/64")}}},
                      Time{});
    CHECK(node.snapshot(Time{}).instances.front().primary_address == *IpAddress::parse("fe80::2"));
}

TEST_CASE("the startup delay keeps every instance in Initialize, and a stop ends it") {
    auto settings = one_instance();
    settings.startup_delay = 10s;
    Node node(settings, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}}}}, Time{});
    CHECK(node.handle(Commanded{Command::startup}, Time{1s}).empty());
    CHECK(node.deadline() == Time{11s});
    CHECK(node.snapshot(Time{}).instances.front().reason ==
          "waits 10000 ms after its start before it takes part");
    CHECK(node.handle(Elapsed{}, Time{10s}).empty());
    CHECK(shape(node.handle(Elapsed{}, Time{11s})) == "move");

    Node stopped(settings, Time{});
    (void)stopped.handle(Commanded{Command::startup}, Time{});
    (void)stopped.handle(Commanded{Command::shutdown}, Time{1s});
    CHECK(stopped.stopped());
    CHECK_FALSE(stopped.deadline());
}

TEST_CASE("each of two hosts owns one address, and stands in for the other (RFC 9568 section 4.2)") {
    auto settings = one_instance(owner);
    settings.instances.front().addresses = {{self, 24}};
    auto other = settings.instances.front();
    other.name = "VI_2";
    other.vrid = Vrid{52};
    other.priority = Priority{100};
    other.addresses = {{peer, 24}};
    settings.instances.push_back(other);
    Node node(settings, Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{Prefix{self, 24}}}}, Time{}); // it has no other
    (void)node.handle(Commanded{Command::startup}, Time{});
    const auto snapshot = node.snapshot(Time{});
    CHECK(snapshot.instances[0].state == State::active);
    CHECK(snapshot.instances[1].state == State::backup);
    CHECK(snapshot.instances[1].primary_address == self);
}

TEST_CASE("an owner takes back what it set itself and somebody replaced, and leaves alone what is its own") {
    auto settings = one_instance(owner);
    const Prefix own{IpAddress::v4(10, 0, 1, 101), 24};
    settings.instances.front().addresses = {vip, own};
    Host host(settings);
    const InterfaceAddress mine{{self, 24}};
    CHECK(host.feed(AddressesChanged{eth0, {mine, {own}, {vip, true}}}).empty());
    const auto effects = host.feed(AddressesChanged{eth0, {mine, {own}, {vip, false}}});
    CHECK(shape(effects) == "hold hold announce");
    const auto& reclaimed = get_one<HoldAddresses>(effects);
    CHECK(reclaimed.reclaim);
    CHECK_FALSE(reclaimed.adopt);
    CHECK(std::vector<Prefix>(reclaimed.addresses.begin(), reclaimed.addresses.end()) ==
          std::vector<Prefix>{vip});
    // Deleted altogether, it is set again; the one that was there before is still its own.
    CHECK(shape(host.feed(AddressesChanged{eth0, {mine, {own}}})) == "hold announce");
    CHECK(host.view().addresses_own == std::vector<Prefix>{own});
    CHECK(host.feed(AddressesChanged{eth0, {mine, {vip, true}}}).size() > 0); // now that one is set too
    CHECK(host.view().addresses_own.empty());
}

TEST_CASE("a takeover that the kernel refuses never happened, also if a release failed just before") {
    Host host;
    (void)host.run_to_deadline();
    (void)host.hear(Priority{200}); // it yields, and the address stays behind
    (void)host.feed(EffectFailed{vi, EffectKind::release_addresses, "no"});
    host.now += 10s; // a late look at both timers: releasing again, and taking over
    CHECK(shape(host.feed(Elapsed{})) == "release hold send announce move");
    CHECK(host.feed(EffectFailed{vi, EffectKind::release_addresses, "no"}).empty());
    const auto effects = host.feed(EffectFailed{vi, EffectKind::hold_addresses, "no"});
    CHECK(shape(effects) == "release move");
    CHECK(get_one<Transitioned>(effects).from == State::backup);
    CHECK(host.counter("priority_zero_sent") == 0);
}

TEST_CASE("an owner that gets its address only now takes over once, and is refused once") {
    Node node(one_instance(owner), Time{});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    const AddressesChanged own{eth0, {{Prefix{self, 24}, false}}};
    CHECK(shape(node.handle(own, Time{})) == "hold send announce move");
    const auto effects = node.handle(EffectFailed{vi, EffectKind::hold_addresses, "no"}, Time{});
    CHECK(shape(effects) == "release");
    CHECK(node.snapshot(Time{}).instances.front().state == State::fault);
}

TEST_CASE("who hands over and loses the interface of its addresses has nothing left to hand over") {
    auto settings = one_instance();
    settings.instances.front().holder = "vmac0";
    Host host(settings);
    (void)host.feed(LinkChanged{"vmac0", IfIndex{9}, true, true});
    (void)host.feed(AddressesChanged{IfIndex{9}, {}});
    (void)host.run_to_deadline();
    REQUIRE(host.view().state == State::active);
    (void)host.feed(Commanded{Command::shutdown});
    CHECK(shape(host.feed(LinkChanged{"vmac0", IfIndex{9}, false, false})) == "release move");
    CHECK(host.node.stopped());
}

namespace {

/// A sync group of a fast instance (1 s) and a slow one (4 s), both Active since `now`.
struct ActiveGroup {
    static constexpr InstanceId slow{1};
    Node node;
    Time now{};

    explicit ActiveGroup(const Settings& settings = ActiveGroup::settings()) : node(settings, Time{}) {
        (void)feed(LinkChanged{"eth0", eth0, true, true});
        (void)feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}}});
        (void)feed(Commanded{Command::startup});
        now = *node.deadline();
        (void)feed(Elapsed{});
        (void)feed(AddressesChanged{eth0, {{Prefix{self, 24}, false}, {vip, true}, {slow_vip(), true}}});
        REQUIRE(state(0) == State::active);
        REQUIRE(state(1) == State::active);
    }

    static Prefix slow_vip() { return {IpAddress::v4(10, 0, 1, 101), 24}; }
    static Settings settings() {
        auto settings = one_instance();
        auto other = settings.instances.front();
        other.name = "VI_2";
        other.vrid = Vrid{52};
        other.addresses = {slow_vip()};
        other.advert_interval = 4s;
        settings.instances.push_back(other);
        settings.sync_groups = {{"G", {vi, slow}}};
        return settings;
    }

    Effects feed(const Event& event) { return node.handle(event, now); }
    State state(std::size_t instance) const { return node.snapshot(now).instances[instance].state; }
};

} // namespace

TEST_CASE("a member that stood still says nothing more, also when it follows a fault of another") {
    ActiveGroup group;
    group.now += 6s;
    for (int i = 0; i < 2; ++i)
        (void)group.feed(EffectFailed{ActiveGroup::slow, EffectKind::send_advert, "no"});
    const auto effects = group.feed(EffectFailed{ActiveGroup::slow, EffectKind::send_advert, "no"});
    CHECK(group.state(0) == State::fault);
    CHECK(group.state(1) == State::fault);
    for (const auto& effect : effects)
        if (const auto* send = std::get_if<SendAdvert>(&effect))
            CHECK(send->instance == ActiveGroup::slow);
}

TEST_CASE("a group that stood still waits for the slowest of its members before it returns") {
    ActiveGroup group;
    group.now += 60s;
    (void)group.feed(Elapsed{});
    REQUIRE(group.state(0) == State::backup);
    REQUIRE(group.state(1) == State::backup);
    const auto stalled = group.now;
    while (group.state(0) != State::active) {
        group.now = *group.node.deadline();
        (void)group.feed(Elapsed{});
    }
    CHECK(group.now - stalled >= 4s + 4s * (256 - 100) / 256);
    CHECK(group.state(1) == State::active);
}

TEST_CASE("an owner that is free of a fault of its group takes over with all of it") {
    auto settings = ActiveGroup::settings();
    settings.instances.front().priority = owner;
    ActiveGroup group(settings);
    for (int i = 0; i < 3; ++i)
        (void)group.feed(EffectFailed{ActiveGroup::slow, EffectKind::send_advert, "no"});
    REQUIRE(group.state(0) == State::fault);
    while (group.state(0) != State::active) {
        group.now = *group.node.deadline();
        (void)group.feed(Elapsed{});
    }
    CHECK(group.state(1) == State::active);
}

/// Up to the takeover of all, of which nobody knows yet whether it can be had.
Effects take_over_again(ActiveGroup& group) {
    for (int i = 0; i < 3; ++i)
        (void)group.feed(EffectFailed{ActiveGroup::slow, EffectKind::send_advert, "no"});
    REQUIRE(group.state(0) == State::fault);
    Effects effects;
    while (group.state(0) != State::active) {
        group.now = *group.node.deadline();
        effects = group.feed(Elapsed{});
    }
    return effects;
}

TEST_CASE("all members of a group hold their addresses before the first of them advertises") {
    ActiveGroup group;
    CHECK(shape(take_over_again(group)) == "hold hold send announce move send announce move");
}

TEST_CASE("what one member cannot hold, no member of its group takes or tells of") {
    for (const auto refused : {vi, ActiveGroup::slow}) {
        ActiveGroup group;
        const auto effects = take_over_again(group);
        LeftOut left_out;
        std::string performed;
        for (const auto& effect : effects) {
            if (left_out.has(effect))
                continue;
            const auto* hold = std::get_if<HoldAddresses>(&effect);
            if (hold != nullptr && hold->instance == refused)
                left_out.after({refused, EffectKind::hold_addresses, "no"});
            else
                performed += shape({effect}) + " ";
        }
        CHECK(performed == (refused == vi ? "" : "hold "));
        const auto more = group.feed(EffectFailed{refused, EffectKind::hold_addresses, "no"});
        CHECK(shape(more) == "release release move move");
        CHECK(group.state(0) == State::fault);
        CHECK(group.state(1) == State::fault);
    }
}
