#include "config/read_instance.h"

#include "base/duration.h"
#include "config/address.h"
#include "config/idle_keys.h"
#include "config/members.h"
#include "config/read_holdings.h"
#include "config/read_hooks.h"
#include "config/read_routes.h"
#include "config/read_rules.h"
#include "config/read_value.h"
#include "config/schema_leaf.h"

#include <algorithm>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;

vrrp::ChecksumMode checksum_mode(const std::string& word) {
    if (word == "rfc9568")
        return vrrp::ChecksumMode::rfc9568;
    return word == "rfc5798" ? vrrp::ChecksumMode::rfc5798 : vrrp::ChecksumMode::automatic;
}

AnnounceForm announce_form(const std::string& word) {
    if (word == "reply")
        return AnnounceForm::reply;
    return word == "both" ? AnnounceForm::both : AnnounceForm::request;
}

std::vector<vrrp::TrackSettings> track(const Json& instance) {
    std::vector<vrrp::TrackSettings> tracked;
    for (const auto& entry : part(instance, "track")) {
        const auto check = text(entry, "check");
        tracked.push_back(
            {check.empty() ? vrrp::TrackSettings::Kind::interface : vrrp::TrackSettings::Kind::check,
             check.empty() ? text(entry, "interface") : check, number(entry, "weight"),
             flag(entry, "reverse"), flag(entry, "proportional")});
    }
    return tracked;
}

/// RFC 3768 section 5.3.7, RFC 9568 section 5.2.7.
std::string interval_fault(vrrp::Version version, const std::string& text) {
    static const Json whole_seconds{{"minimum", "1s"}, {"maximum", "255s"}, {"step", "1s"}};
    static const Json centiseconds{{"minimum", "10ms"}, {"maximum", "40.95s"}, {"step", "10ms"}};
    if (version == vrrp::Version::v3)
        return duration_fault(centiseconds, text);
    auto fault = duration_fault(whole_seconds, text);
    return fault.empty() ? fault : fault + " (VRRPv2 knows whole seconds only)";
}

Duration advert_interval(vrrp::Version version, const Json& json, const Pointer& at, Findings& findings) {
    const auto written = text(json, "advert_interval");
    if (written.empty() || version == vrrp::Version{}) // refused
        return {};
    if (auto fault = interval_fault(version, written); !fault.empty())
        findings.push_back({.pointer = (at / "advert_interval").text(), .message = std::move(fault)});
    return duration(json, "advert_interval");
}

/// RFC 2338 section 5.3.6. The filling is NUL too, so a NUL in the word would not count.
std::optional<vrrp::Password> password(const Json& instance, const Pointer& at, Findings& findings) {
    const auto& authentication = part(instance, "authentication");
    const auto word =
        text(authentication, "type") == "pass" ? text(authentication, "password") : std::string();
    if (word.empty())
        return std::nullopt;
    if (word.find('\0') != std::string::npos)
        findings.push_back({.pointer = (at / "authentication" / "password").text(),
                            .message = "no password can hold a NUL character"});
    vrrp::Password octets{};
    std::copy_n(word.begin(), std::min(word.size(), octets.size()), octets.begin());
    return octets;
}

vrrp::UnicastSettings unicast(const Json& instance, const Pointer& at, Findings& findings) {
    vrrp::UnicastSettings settings;
    if (find(instance, "unicast") == nullptr)
        return settings;
    const auto& json = part(instance, "unicast");
    for (const auto& entry : part(json, "peers"))
        settings.peers.push_back(read_or_stand_in(
            entry, read_host_address, at / "unicast" / "peers" / settings.peers.size(), findings));
    if (settings.peers.empty()) // refused, but meant as unicast
        settings.peers.emplace_back();
    settings.check_source = flag(json, "check_source");
    settings.hop_limit = static_cast<std::uint8_t>(number(json, "ttl"));
    settings.minimum_hop_limit = static_cast<std::uint8_t>(number(json, "minimum_ttl"));
    return settings;
}

vrrp::AnnounceSettings announce(const Json& instance) {
    const auto& json = part(instance, "announce");
    vrrp::AnnounceSettings settings;
    settings.repeats.clear();
    for (const auto& entry : part(json, "repeats"))
        settings.repeats.push_back(duration(entry));
    settings.refresh = duration(json, "refresh");
    settings.form = announce_form(text(json, "form"));
    return settings;
}

bool signs(const Json& instance) {
    const auto& authentication = part(instance, "authentication");
    return text(authentication, "type") == "hmac" && text(authentication, "mode") != "receive_only";
}

/// RFC 9568's parameters of a virtual router (section 6.1), and those of version 2.
void read_protocol(const Json& json, const Pointer& at, InstanceSettings& settings, Findings& findings) {
    settings.vrid = vrrp::Vrid{static_cast<std::uint8_t>(number(json, "vrid"))};
    settings.version = static_cast<vrrp::Version>(number(json, "vrrp_version"));
    settings.password = password(json, at, findings);
    settings.signs = signs(json);
    settings.priority = vrrp::Priority{static_cast<std::uint8_t>(number(json, "priority"))};
    settings.advert_interval = advert_interval(settings.version, json, at, findings);
    settings.preempt = flag(json, "preempt");
    settings.preempt_delay = duration(json, "preempt_delay");
    settings.checksum = checksum_mode(text(json, "checksum"));
    settings.addresses = read_addresses(json, "addresses", at, findings);
}

/// The interface that batond makes for the virtual MAC (RFC 9568 section 7.3); none without one.
std::string holder(const Json& instance, const InstanceSettings& settings) {
    if (!settings.virtual_mac)
        return "";
    if (auto name = text(instance, "virtual_mac_interface"); !name.empty())
        return name;
    const auto family = known_family(settings.addresses).value_or(Family::ipv4);
    return std::string(family == Family::ipv4 ? "vrrp4-" : "vrrp6-") + std::to_string(settings.vrid.value);
}

/// How adverts travel, and which are taken.
void read_exchange(const Json& json, const Pointer& at, InstanceSettings& settings, Findings& findings) {
    settings.unicast = unicast(json, at, findings);
    settings.group = read_member(json, "multicast_group", read_group, at, findings);
    settings.source = read_member(json, "source_address", read_host_address, at, findings);
    settings.virtual_mac = flag(json, "virtual_mac");
    settings.holder = holder(json, settings);
    if (text(json, "address_list") == "refuse")
        settings.address_list = vrrp::AddressListCheck::refuse;
    if (find(json, "require_link_local_first") != nullptr)
        settings.require_link_local_first = flag(json, "require_link_local_first");
    settings.answer_lower_priority = flag(json, "answer_lower_priority");
    settings.prompt_takeover = flag(json, "prompt_takeover");
}

} // namespace

InstanceSettings read_instance(const std::string& name, const Json& json, HostSettings& host,
                               Findings& findings) {
    const auto at = Pointer{} / "instances" / name;
    InstanceSettings settings;
    settings.name = name;
    settings.interface = text(json, "interface");
    read_protocol(json, at, settings, findings);
    read_exchange(json, at, settings, findings);
    read_holdings(json, at, settings, host, findings);
    host.routes = read_routes(json, at, settings, findings);
    host.rules = read_rules(json, at, settings, findings);
    settings.routing = routing_of(host);
    settings.track = track(json);
    settings.announce = announce(json);
    host.hooks = read_hooks(json, at, findings);
    settings.gate = gate_of(json, host.hooks);
    find_idle_keys(json, settings, findings);
    return settings;
}

} // namespace baton::config
