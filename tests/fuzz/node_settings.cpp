#include "tests/fuzz/node_settings.h"

#include <chrono>
#include <string>

namespace baton::fuzz {

using namespace std::chrono_literals;
using namespace vrrp;

namespace {

constexpr std::array<const char*, 3> holders{"vmac1", "vmac2", "vmac3"};

std::uint8_t link_number(const std::string& interface) { return interface == "eth0" ? 1 : 2; }

IpAddress virtual_address(Family family, std::size_t instance, std::size_t place, bool link_local) {
    const auto last = static_cast<std::uint8_t>(1 + instance * 10 + place);
    if (family == Family::ipv4)
        return IpAddress::v4(10, 0, 9, last);
    if (link_local)
        return IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, last});
    return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, last});
}

Duration interval_from(Input& input, Version version) {
    if (version == Version::v2) {
        constexpr std::array<Duration, 4> some{1s, 2s, 3s, 255s};
        return input.pick(some);
    }
    constexpr std::array<Duration, 5> some{1s, 10ms, 100ms, 20ms, 40950ms};
    const auto choice = input.below(8);
    return choice < some.size() ? some[choice] : Duration(10ms * (1 + input.word() % 4095));
}

Priority priority_from(Input& input) {
    constexpr std::array<std::uint8_t, 6> some{100, 255, 1, 254, 101, 99};
    const auto choice = input.below(8);
    if (choice < some.size())
        return Priority{some[choice]};
    return Priority{std::max<std::uint8_t>(input.byte(), 1)};
}

int weight_from(Input& input, bool owner) {
    constexpr std::array<int, 6> some{0, -20, 20, -253, 253, -1};
    const auto weight = input.pick(some);
    return owner ? 0 : weight;
}

void add_addresses(Input& input, InstanceSettings& instance, std::size_t place, Family family) {
    const auto count = 1 + input.below(3);
    const bool link_local_first = !input.one_in(8);
    for (std::size_t i = 0; i < count; ++i)
        instance.addresses.push_back(
            {virtual_address(family, place, i, i == 0 && link_local_first), std::uint8_t{24}});
}

void add_tracks(Input& input, InstanceSettings& instance, const std::vector<CheckSettings>& checks) {
    const bool owner = instance.priority == vrrp::owner;
    for (const auto& check : checks)
        if (input.flag())
            instance.track.push_back({TrackSettings::Kind::check, check.name, weight_from(input, owner)});
    if (input.one_in(4))
        instance.track.push_back({TrackSettings::Kind::interface, "eth1", weight_from(input, owner)});
}

void add_unicast(Input& input, InstanceSettings& instance) {
    const bool link_local = !input.one_in(3);
    for (const auto host : {lesser_host, greater_host})
        if (input.flag())
            instance.unicast.peers.push_back(
                host_address(instance.family(), instance.interface, host, link_local));
    instance.unicast.check_source = !input.one_in(3);
    instance.unicast.hop_limit = input.flag() ? 64 : 255;
    instance.unicast.minimum_hop_limit = input.flag() ? 254 : 255;
}

void add_announcements(Input& input, InstanceSettings& instance) {
    constexpr std::array<Duration, 3> refreshes{0s, 1s, 60s};
    instance.announce.refresh = input.pick(refreshes);
    if (input.one_in(3))
        instance.announce.repeats.clear();
    constexpr std::array<AnnounceForm, 3> forms{AnnounceForm::request, AnnounceForm::reply,
                                                AnnounceForm::both};
    instance.announce.form = input.pick(forms);
}

/// What is rarely set; an octet of zero leaves it all as it is.
void add_rare_options(Input& input, InstanceSettings& instance) {
    const auto which = input.byte();
    if ((which & 1) != 0 && instance.version == Version::v2)
        instance.password = Password{'s', 'e', 'c', 'r', 'e', 't'};
    if ((which & 2) != 0)
        add_unicast(input, instance);
    if ((which & 4) != 0 && instance.unicast.peers.empty() && instance.family() == Family::ipv4)
        instance.group = IpAddress::v4(239, 0, 0, 18);
    if ((which & 8) != 0)
        instance.source = host_address(instance.family(), instance.interface, this_host_too);
    instance.require_link_local_first = (which & 16) == 0;
    instance.answer_lower_priority = (which & 32) == 0;
    instance.prompt_takeover = (which & 48) != 48;
    instance.address_list = (which & 64) != 0 ? AddressListCheck::refuse : AddressListCheck::report;
    if ((which & 128) != 0)
        instance.preempt_delay = 100ms * input.byte();
    if ((which & 96) == 96)
        instance.gate = {(which & 1) != 0 ? GateFailure::backup : GateFailure::fault, 0s};
}

/// The addresses on an interface of their own, with the virtual MAC or without.
void add_holder(Input& input, InstanceSettings& instance, std::size_t place) {
    if (!input.one_in(5))
        return;
    instance.holder = holders.at(place);
    instance.virtual_mac = input.flag();
}

/// What is held beside the advertised addresses, and on another interface.
void add_holdings(Input& input, InstanceSettings& instance, std::size_t place) {
    if (instance.priority == owner || !input.one_in(4))
        return;
    const auto which = input.byte();
    if ((which & 1) != 0)
        instance.excluded = {{IpAddress::v4(10, 0, 9, static_cast<std::uint8_t>(100 + place)), 32}};
    if ((which & 2) != 0)
        instance.elsewhere = {{instance.addresses.back(), "eth1"}};
    if ((which & 4) != 0 && !instance.excluded.empty())
        instance.elsewhere.push_back({instance.excluded.back(), holders.at(place)});
    instance.routing.any = (which & 8) != 0;
    if ((which & 16) != 0)
        instance.routing.interfaces = {"eth1"};
}

InstanceSettings instance_from(Input& input, std::size_t place, const std::vector<CheckSettings>& checks) {
    InstanceSettings instance;
    instance.name = "VI_" + std::to_string(place + 1);
    instance.interface = input.one_in(3) ? "eth1" : "eth0";
    instance.vrid = Vrid{static_cast<std::uint8_t>(51 + place)};
    const auto kind = input.below(3);
    instance.version = kind == 1 ? Version::v2 : Version::v3;
    instance.priority = priority_from(input);
    instance.advert_interval = interval_from(input, instance.version);
    instance.preempt = !input.one_in(3);
    constexpr std::array<ChecksumMode, 3> modes{ChecksumMode::automatic, ChecksumMode::rfc9568,
                                                ChecksumMode::rfc5798};
    instance.checksum = input.pick(modes);
    add_addresses(input, instance, place, kind == 2 ? Family::ipv6 : Family::ipv4);
    add_tracks(input, instance, checks);
    add_announcements(input, instance);
    add_rare_options(input, instance);
    add_holder(input, instance, place);
    return instance;
}

InterfaceAddress own(const IpAddress& address) { return {{address, 24}}; }

} // namespace

IpAddress host_address(Family family, const std::string& interface, std::uint8_t host, bool link_local) {
    const auto link = link_number(interface);
    if (family == Family::ipv4)
        return IpAddress::v4(10, 0, link, host);
    if (link_local)
        return IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, link, host});
    return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, link, host});
}

Settings settings_from(Input& input) {
    Settings settings;
    const auto drawn = input.byte();
    const auto check_count = drawn % std::size_t{3};
    for (std::size_t i = 0; i < check_count; ++i)
        settings.checks.push_back({"check" + std::to_string(i), static_cast<unsigned>(1 + input.below(3)),
                                   static_cast<unsigned>(1 + input.below(3))});
    for (auto& check : settings.checks)
        check.while_active = drawn >= 192;
    if (input.one_in(4))
        settings.startup_delay = 100ms * input.byte();
    const auto instance_count = 1 + input.below(3);
    for (std::size_t i = 0; i < instance_count; ++i)
        settings.instances.push_back(instance_from(input, i, settings.checks));
    constexpr std::array<unsigned, 3> rates{0, 10, 100};
    settings.announce_rate = input.pick(rates);
    if (instance_count > 1 && input.one_in(3))
        settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
    for (std::size_t i = 0; i < instance_count; ++i)
        add_holdings(input, settings.instances[i], i);
    return settings;
}

std::vector<sim::Interface> interfaces_for(const Settings& settings) {
    std::vector<sim::Interface> interfaces{{"eth0", IfIndex{2}, true, {}}, {"eth1", IfIndex{3}, true, {}}};
    for (auto& interface : interfaces) {
        for (const auto family : {Family::ipv4, Family::ipv6})
            for (const auto host : {this_host, this_host_too})
                interface.addresses.push_back(own(host_address(family, interface.name, host)));
        interface.addresses.push_back(own(host_address(Family::ipv6, interface.name, this_host, false)));
        for (const auto& instance : settings.instances)
            if (instance.adopts_addresses() && instance.interface == interface.name)
                for (const auto& prefix : instance.addresses)
                    interface.addresses.push_back({prefix});
    }
    for (const auto* holder : holders)
        interfaces.push_back({holder, IfIndex{static_cast<unsigned>(2 + interfaces.size())}, true, {}});
    interfaces.push_back({"renamed", IfIndex{}, false, {}});
    return interfaces;
}

} // namespace baton::fuzz
