#include "tests/sim/cast.h"

#include <array>

namespace baton::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr IfIndex lan_index{2};
constexpr IfIndex uplink_index{3};
constexpr IfIndex holder_index{4};

/// What adverts go over in a run.
enum class Protocol : std::uint8_t { v3_ipv4, v3_ipv6, v2, v2_password };

/// What all hosts of a run have in common.
struct Plan {
    Protocol protocol{Protocol::v3_ipv4};
    bool unicast{false};
    bool sync_group{false};
    bool holder{false};
    bool excluded{false};
    bool elsewhere{false};
    bool routes{false};
    std::size_t hosts{2};
    std::size_t instances{1};
    std::vector<Duration> intervals;
    bool same_preempt{true};
    bool preempt{true};
    bool equal_priorities{false};
    bool owner{false};
    bool checks{false};
    bool gates{false};
};

void draw_protocol(Random& random, Plan& plan) {
    const std::array protocols{Protocol::v3_ipv4, Protocol::v3_ipv4, Protocol::v3_ipv4,
                               Protocol::v3_ipv6, Protocol::v2,      Protocol::v2_password};
    plan.protocol = random.pick(protocols);
    if (plan.protocol == Protocol::v2 || plan.protocol == Protocol::v2_password)
        plan.intervals = {std::chrono::seconds(random.chance(80) ? 1 : 3)};
    plan.sync_group = plan.instances > 1 && random.chance(60);
    plan.holder = random.chance(15);
    plan.unicast = !plan.owner && random.chance(15); // an owner may have no address but the virtual one
}

Plan draw_plan(Random& random) {
    Plan plan;
    plan.hosts = 2 + random.below(4);
    plan.instances = random.chance(20) ? 2 : 1;
    const std::array<Duration, 4> intervals{milliseconds(50), milliseconds(100), milliseconds(200),
                                            milliseconds(1000)};
    plan.intervals = {random.pick(intervals)};
    if (random.chance(25))
        plan.intervals = {milliseconds(100), milliseconds(200), milliseconds(300)};
    plan.same_preempt = random.chance(80);
    plan.preempt = random.chance(70);
    plan.equal_priorities = random.chance(15);
    plan.owner = random.chance(15);
    plan.checks = random.chance(40);
    draw_protocol(random, plan);
    plan.excluded = random.chance(20);
    plan.elsewhere = random.chance(20);
    plan.routes = random.chance(20);
    plan.gates = random.chance(20);
    return plan;
}

void draw_wire(Lan& lan, const Plan& plan) {
    auto& random = lan.random();
    // The jitter stays well below the shortest interval: what is derived in story.cpp asks for it.
    const auto most = std::min<Duration>(milliseconds(20), plan.intervals.front() / 4);
    lan.wire.min_delay = microseconds(50);
    lan.wire.max_delay = random.chance(30) ? microseconds(200) : random.between(microseconds(50), most);
    lan.wire.max_lateness = random.chance(50) ? Duration{} : milliseconds(2);
    lan.wire.loss_percent = random.chance(40) ? 0 : static_cast<unsigned>(random.below(21));
    lan.wire.duplicate_percent = random.chance(50) ? 0 : 10;
    lan.wire.reflection_percent = random.chance(80) ? 0 : 20;
}

IpAddress link_local(std::uint8_t last) {
    return IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
}

IpAddress global(std::uint8_t last) {
    return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
}

std::uint8_t prefix_length(const Plan& plan) { return plan.protocol == Protocol::v3_ipv6 ? 64 : 24; }

vrrp::InstanceSettings draw_instance(Random& random, const Plan& plan, std::size_t number) {
    vrrp::InstanceSettings instance;
    instance.name = "VI_" + std::to_string(number + 1);
    instance.interface = "eth0";
    instance.vrid = vrrp::Vrid{static_cast<std::uint8_t>(51 + number)};
    instance.priority = vrrp::Priority{static_cast<std::uint8_t>(1 + random.below(254))};
    if (plan.equal_priorities || random.chance(20))
        instance.priority = vrrp::Priority{100};
    instance.advert_interval = random.pick(plan.intervals);
    instance.prompt_takeover = !random.chance(20);
    instance.preempt = plan.same_preempt ? plan.preempt : random.chance(50);
    const std::array modes{vrrp::ChecksumMode::automatic, vrrp::ChecksumMode::rfc9568,
                           vrrp::ChecksumMode::rfc5798};
    instance.checksum = random.pick(modes);
    const auto last = static_cast<std::uint8_t>(100 + number);
    const bool ipv6 = plan.protocol == Protocol::v3_ipv6;
    instance.addresses = {{ipv6 ? link_local(last) : IpAddress::v4(10, 0, 1, last), prefix_length(plan)}};
    if (random.chance(20))
        instance.addresses.push_back(
            {ipv6 ? global(last) : IpAddress::v4(10, 0, 2, last), prefix_length(plan)});
    if (plan.protocol == Protocol::v2 || plan.protocol == Protocol::v2_password)
        instance.version = vrrp::Version::v2;
    if (plan.protocol == Protocol::v2_password)
        instance.password = vrrp::Password{'s', 'e', 'c', 'r', 'e', 't'};
    return instance;
}

/// The address of a host by its place: adverts come from there.
Prefix own_address(const Plan& plan, std::size_t host) {
    const auto last = static_cast<std::uint8_t>(2 + host);
    const bool ipv6 = plan.protocol == Protocol::v3_ipv6;
    return {ipv6 ? link_local(last) : IpAddress::v4(10, 0, 1, last), prefix_length(plan)};
}

void name_peers(const Plan& plan, std::size_t host, vrrp::Settings& settings) {
    for (auto& instance : settings.instances)
        for (std::size_t other = 0; other < plan.hosts; ++other)
            if (other != host)
                instance.unicast.peers.push_back(own_address(plan, other).address);
}

void draw_checks(Random& random, vrrp::Settings& settings) {
    using Track = vrrp::TrackSettings;
    settings.checks.push_back(
        {"haproxy", 1 + static_cast<unsigned>(random.below(3)), 1 + static_cast<unsigned>(random.below(3))});
    const std::array weights{-150, -20, -1, 0, 1, 30, 200};
    for (auto& instance : settings.instances) {
        instance.track.push_back({Track::Kind::check, "haproxy", random.pick(weights)});
        if (random.chance(40))
            instance.track.push_back({Track::Kind::interface, "eth1", random.pick(weights)});
    }
}

/// The addresses are on an interface of their own, as with a virtual MAC.
void put_addresses_elsewhere(HostSetup& host) {
    host.interfaces.push_back({"vmac0", holder_index, true, {}});
    for (auto& instance : host.settings.instances) {
        instance.holder = "vmac0";
        instance.virtual_mac = true;
    }
}

/// What an instance may hold beside the addresses it advertises, and on another interface.
void add_holdings(const Plan& plan, HostSetup& host) {
    for (std::size_t i = 0; i < host.settings.instances.size(); ++i) {
        auto& instance = host.settings.instances[i];
        if (plan.excluded) // of the other family, too
            for (const auto& address : {IpAddress::v4(10, 0, 3, static_cast<std::uint8_t>(100 + i)),
                                        global(static_cast<std::uint8_t>(200 + i))})
                instance.excluded.push_back({address, 32});
        if (plan.elsewhere)
            instance.elsewhere.push_back(
                {plan.excluded ? instance.excluded.front() : instance.addresses.back(), "eth1"});
        instance.routing.any = plan.routes;
        if (plan.routes)
            instance.routing.interfaces = {"eth1"};
    }
}

/// Hooks that must succeed before it takes over: quick ones, and ones that others will not wait for.
void draw_gates(Random& random, HostSetup& host) {
    const auto interval = host.settings.instances.front().advert_interval;
    host.gates.longest = random.chance(50) ? interval / 2 : 4 * interval;
    host.gates.failing = random.chance(50) ? 0 : 30;
    for (auto& instance : host.settings.instances)
        if (random.chance(70))
            instance.gate = {random.chance(50) ? vrrp::GateFailure::fault : vrrp::GateFailure::backup,
                             random.chance(50) ? host.gates.longest : Duration{}};
}

/// The owner has the virtual addresses as its own, before or after one that is not virtual, or alone.
void make_owner(Random& random, HostSetup& host) {
    auto& addresses = host.interfaces.front().addresses;
    if (random.chance(50) && host.settings.instances.front().holder.empty())
        addresses.clear();
    for (auto& instance : host.settings.instances) {
        instance.priority = vrrp::owner;
        if (!instance.holder.empty())
            continue;
        for (const auto& prefix : instance.addresses)
            addresses.push_back({prefix});
    }
}

} // namespace

void draw_cast(Lan& lan) {
    auto& random = lan.random();
    const auto plan = draw_plan(random);
    draw_wire(lan, plan);
    for (std::size_t i = 0; i < plan.hosts; ++i) {
        HostSetup host;
        host.name = std::string(1, static_cast<char>('a' + i));
        host.interfaces = {{"eth0", lan_index, true, {{own_address(plan, i)}}},
                           {"eth1", uplink_index, true, {}}};
        for (std::size_t number = 0; number < plan.instances; ++number)
            host.settings.instances.push_back(draw_instance(random, plan, number));
        if (plan.checks)
            draw_checks(random, host.settings);
        if (plan.sync_group)
            host.settings.sync_groups = {{"G", {vrrp::InstanceId{0}, vrrp::InstanceId{1}}}};
        if (plan.holder)
            put_addresses_elsewhere(host);
        if (!plan.owner)
            add_holdings(plan, host);
        if (plan.unicast)
            name_peers(plan, i, host.settings);
        if (plan.owner && i == 0)
            make_owner(random, host);
        if (plan.gates)
            draw_gates(random, host);
        lan.add(std::move(host));
    }
}

} // namespace baton::sim
