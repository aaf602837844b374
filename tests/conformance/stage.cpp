#include "tests/conformance/stage.h"

#include <array>
#include <stdexcept>

namespace baton::conformance {

using namespace std::chrono_literals;
using namespace vrrp;

namespace {

constexpr IfIndex eth0{2};
constexpr MacAddress mac{{2, 0, 0, 0, 0, 1}};
const Prefix virtual_address{IpAddress::v4(10, 0, 1, 1), 24};

Settings one_router() {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.addresses = {virtual_address};
    instance.track = {{TrackSettings::Kind::check, "check", 0}};
    instance.announce.repeats.clear(); // one timer at a time
    Settings settings;
    settings.checks = {{"check", 1, 1}};
    settings.instances = {instance};
    return settings;
}

} // namespace

Stage::Stage() : settings(one_router()) {}

void Stage::feed(const Event& event) {
    effects = node->handle(event, now);
    if (!refuses_hold || !std::holds_alternative<HoldAddresses>(effects.front()))
        return;
    const auto hold = effects.front();
    effects = node->handle(EffectFailed{InstanceId{0}, EffectKind::hold_addresses, "no"}, now);
    effects.insert(effects.begin(), hold);
}

void Stage::enter(const std::string& state) {
    node.emplace(settings, now);
    link(true);
    addresses(false);
    if (state == "initialize")
        return;
    if (state == "fault") {
        command(Command::startup);
        return probe(false);
    }
    probe(true);
    command(Command::startup);
    if (state == "backup")
        return;
    to_deadline();
    addresses(true);
    if (state == "handing over")
        command(Command::shutdown);
    else if (state != "active")
        throw std::logic_error("there is no state " + state);
}

void Stage::to_deadline() {
    if (const auto deadline = node->deadline())
        now = *deadline;
    feed(Elapsed{});
}

void Stage::hear(int priority, const IpAddress& from) {
    Advert advert;
    advert.vrid = Vrid{51};
    advert.priority = Priority{static_cast<std::uint8_t>(priority)};
    advert.interval = heard_interval;
    advert.addresses = AddressView(Family::ipv4, virtual_address.address.bytes());
    feed(AdvertReceived{eth0, from, multicast_group_v4, advert});
}

void Stage::probe(bool up) { feed(Probed{CheckId{0}, up, "", 1ms}); }

void Stage::link(bool up) { feed(LinkChanged{"eth0", eth0, true, up, mac}); }

void Stage::other_mac() { feed(LinkChanged{"eth0", eth0, true, true, MacAddress{{2, 0, 0, 0, 0, 2}}}); }

void Stage::addresses(bool with_virtual) {
    std::vector<InterfaceAddress> there{{{own_address, 24}}};
    if (with_virtual)
        there.push_back({virtual_address, true});
    feed(AddressesChanged{eth0, there});
}

} // namespace baton::conformance
