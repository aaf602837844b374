#include "tests/scenarios/script.h"
#include "tests/scenarios/verbs.h"

namespace baton::scenarios {
namespace {

using Track = vrrp::TrackSettings;

vrrp::ChecksumMode take_checksum(Words& words) {
    const auto word = words.take("auto, rfc9568 or rfc5798");
    if (word == "rfc9568")
        return vrrp::ChecksumMode::rfc9568;
    if (word == "rfc5798")
        return vrrp::ChecksumMode::rfc5798;
    if (word == "auto")
        return vrrp::ChecksumMode::automatic;
    throw ScriptError("expected auto, rfc9568 or rfc5798, not \"" + word + "\"");
}

/// check NAME weight N [rise N] [fall N] [while-active D]
void take_check(Words& words, sim::HostSetup& host) {
    vrrp::CheckSettings check;
    check.name = words.take("the name of a check");
    int weight = 0;
    if (words.take_if("weight"))
        weight = words.take_number("a weight");
    if (words.take_if("rise"))
        check.rise = static_cast<unsigned>(words.take_number("rise"));
    if (words.take_if("fall"))
        check.fall = static_cast<unsigned>(words.take_number("fall"));
    if (words.take_if("while-active")) {
        check.while_active = true;
        check.hold_down = words.take_duration("a hold-down");
    }
    host.settings.instances.front().track.push_back({Track::Kind::check, check.name, weight});
    host.settings.checks.push_back(check);
}

/// interface NAME weight N
void take_interface(Words& words, sim::HostSetup& host) {
    const auto name = words.take("the name of an interface");
    const int weight = words.take_if("weight") ? words.take_number("a weight") : 0;
    const IfIndex index{static_cast<unsigned>(2 + host.interfaces.size())};
    host.settings.instances.front().track.push_back({Track::Kind::interface, name, weight});
    host.interfaces.push_back({name, index, true, {}});
}

/// What is held beside the addresses of the adverts; false when the next word is none of these.
bool take_holding(Words& words, sim::HostSetup& host) {
    auto& instance = host.settings.instances.front();
    if (words.take_if("excluded"))
        instance.excluded.push_back(words.take_prefix("an excluded address"));
    else if (words.take_if("elsewhere")) {
        const auto address = words.take_prefix("a virtual address");
        instance.elsewhere.push_back({address, words.take("the interface that carries it")});
    } else if (words.take_if("routes"))
        instance.routing = {true, {words.take("the interface of the routes")}};
    else
        return false;
    return true;
}

/// gate fault|backup [longest D]
vrrp::GateSettings take_gate(Words& words) {
    vrrp::GateSettings gate;
    gate.on_failure =
        words.take_choice("fault", "backup") ? vrrp::GateFailure::fault : vrrp::GateFailure::backup;
    if (words.take_if("longest"))
        gate.longest = words.take_duration("how long it may take");
    return gate;
}

/// What belongs to VRRPv2, to unicast, and to the delays; false when the next word is none of these.
bool take_rare_option(Words& words, vrrp::InstanceSettings& instance) {
    if (words.take_if("version"))
        instance.version = words.take_choice("2", "3") ? vrrp::Version::v2 : vrrp::Version::v3;
    else if (words.take_if("password"))
        instance.password = words.take_password("a password");
    else if (words.take_if("peer"))
        instance.unicast.peers.push_back(words.take_address("a unicast peer"));
    else if (words.take_if("preempt-delay"))
        instance.preempt_delay = words.take_duration("a delay");
    else if (words.take_if("answer-lower"))
        instance.answer_lower_priority = words.take_choice("on", "off");
    else if (words.take_if("prompt-takeover"))
        instance.prompt_takeover = words.take_choice("on", "off");
    else if (words.take_if("gate"))
        instance.gate = take_gate(words);
    else
        return false;
    return true;
}

void take_option(Words& words, sim::HostSetup& host) {
    auto& instance = host.settings.instances.front();
    if (take_rare_option(words, instance) || take_holding(words, host))
        return;
    if (words.take_if("priority"))
        instance.priority = vrrp::Priority{static_cast<std::uint8_t>(words.take_number("a priority"))};
    else if (words.take_if("address"))
        host.interfaces.front().addresses.push_back({{words.take_address("an address"), 24}, false});
    else if (words.take_if("vip"))
        instance.addresses.push_back(words.take_prefix("a virtual address"));
    else if (words.take_if("interval"))
        instance.advert_interval = words.take_duration("an interval");
    else if (words.take_if("preempt"))
        instance.preempt = words.take_choice("on", "off");
    else if (words.take_if("checksum"))
        instance.checksum = take_checksum(words);
    else if (words.take_if("check"))
        take_check(words, host);
    else if (words.take_if("interface"))
        take_interface(words, host);
    else
        words.expect_end();
}

void node(World& world, Words& words) {
    sim::HostSetup host;
    host.name = words.take("a name");
    host.interfaces.push_back({"eth0", IfIndex{2}, true, {}});
    host.gates.by_hand = true;
    auto& instance = host.settings.instances.emplace_back();
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = vrrp::Vrid{51};
    while (!words.empty())
        take_option(words, host);
    if (instance.addresses.empty())
        instance.addresses.push_back({IpAddress::v4(10, 0, 1, 100), 24});
    world.lan().add(std::move(host));
}

/// Some options are others; the rest stays. With a `vip` or a `peer` the whole list is another.
void change(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    sim::HostSetup other{host.name(), host.settings(), {{"eth0", IfIndex{2}, true, {}}}};
    auto& instance = other.settings.instances.front();
    const auto before = instance;
    instance.addresses.clear();
    instance.unicast.peers.clear();
    while (!words.empty())
        take_option(words, other);
    if (instance.addresses.empty())
        instance.addresses = before.addresses;
    if (instance.unicast.peers.empty())
        instance.unicast.peers = before.unicast.peers;
    if (!before.becomes(instance) || other.settings.checks != host.settings().checks)
        throw ScriptError("that would be another router, or another check");
    host.reconfigure(std::move(other.settings));
}

/// For verbs that take the name of a node and nothing else.
Verb on_host(void (sim::Host::*what)()) {
    return [what](World& world, Words& words) {
        auto& host = world.host(words.take("a node"));
        (host.*what)();
    };
}

void stall(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    host.stall(words.take_duration("how long"));
}

/// release A [force] [for DURATION]: by hand.
void release(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    const bool force = words.take_if("force");
    const auto duration =
        words.take_if("for") ? std::optional(words.take_duration("for how long")) : std::nullopt;
    host.release(duration, force);
}

/// gate A passes|fails: the hooks that it has asked for.
void gate(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    host.finish_gate(vrrp::InstanceId{0}, words.take_choice("passes", "fails"));
}

} // namespace

void add_node_verbs(Verbs& verbs) {
    verbs["node"] = node;
    verbs["change"] = change;
    verbs["start"] = on_host(&sim::Host::boot);
    verbs["stop"] = on_host(&sim::Host::stop);
    verbs["crash"] = on_host(&sim::Host::crash);
    verbs["stall"] = stall;
    verbs["release"] = release;
    verbs["gate"] = gate;
    verbs["resume"] = on_host(&sim::Host::take_part_again);
}

} // namespace baton::scenarios
