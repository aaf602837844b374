#include "config/read.h"

#include "base/duration.h"
#include "config/address.h"

namespace baton::config {
namespace {

std::string text(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

int number(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_number() ? static_cast<int>(value->get<double>()) : 0;
}

Duration duration(const Json& object, const char* key) {
    const auto parsed = parse_duration(text(object, key));
    return parsed ? *parsed : Duration{};
}

/// The members of an object, or the elements of a list; nothing if it was refused.
const Json& part(const Json& object, const char* key) {
    static const Json nothing = Json::object();
    const auto* value = find(object, key);
    return value != nullptr && value->is_structured() ? *value : nothing;
}

vrrp::ChecksumMode checksum_mode(const std::string& word) {
    if (word == "rfc9568")
        return vrrp::ChecksumMode::rfc9568;
    return word == "rfc5798" ? vrrp::ChecksumMode::rfc5798 : vrrp::ChecksumMode::automatic;
}

/// A list is the program and its arguments; one string is what the shell is to run.
std::vector<std::string> argv(const Json& check) {
    if (const auto line = text(check, "run"); !line.empty())
        return {"/bin/sh", "-c", line};
    std::vector<std::string> words;
    for (const auto& word : part(check, "run"))
        words.push_back(word.is_string() ? word.get<std::string>() : std::string{});
    return words;
}

std::vector<vrrp::TrackSettings> track(const Json& instance) {
    std::vector<vrrp::TrackSettings> tracked;
    for (const auto& entry : part(instance, "track")) {
        const auto check = text(entry, "check");
        tracked.push_back(
            {check.empty() ? vrrp::TrackSettings::Kind::interface : vrrp::TrackSettings::Kind::check,
             check.empty() ? text(entry, "interface") : check, number(entry, "weight")});
    }
    return tracked;
}

std::vector<Prefix> addresses(const Json& instance, const Pointer& at, Findings& findings) {
    std::vector<Prefix> prefixes;
    for (const auto& entry : part(instance, "addresses")) {
        // Refused ones hold their place, so that an index here is an index in the file.
        auto& prefix = prefixes.emplace_back(Prefix{IpAddress{}, 0});
        if (!entry.is_string())
            continue;
        if (const auto read = read_virtual_address(entry.get_ref<const std::string&>()))
            prefix = *read;
        else
            findings.push_back(
                {.pointer = (at / "addresses" / (prefixes.size() - 1)).text(), .message = read.error().text});
    }
    return prefixes;
}

vrrp::InstanceSettings instance(const std::string& name, const Json& json, Findings& findings) {
    vrrp::InstanceSettings settings;
    settings.name = name;
    settings.interface = text(json, "interface");
    settings.vrid = vrrp::Vrid{static_cast<std::uint8_t>(number(json, "vrid"))};
    settings.priority = vrrp::Priority{static_cast<std::uint8_t>(number(json, "priority"))};
    settings.advert_interval = duration(json, "advert_interval");
    settings.preempt = json.is_object() && json.value("preempt", Json()) == true;
    settings.checksum = checksum_mode(text(json, "checksum"));
    settings.addresses = addresses(json, Pointer{} / "instances" / name, findings);
    settings.track = track(json);
    return settings;
}

void add_check(const std::string& name, const Json& json, Config& config) {
    const vrrp::CheckId id{static_cast<std::uint32_t>(config.settings.checks.size())};
    config.settings.checks.push_back(
        {name, static_cast<unsigned>(number(json, "rise")), static_cast<unsigned>(number(json, "fall"))});
    config.scripts.push_back({id, {argv(json), duration(json, "timeout")}, duration(json, "interval")});
}

} // namespace

Config read_config(const Json& root, Findings& findings) {
    Config config;
    config.node = text(root, "node");
    for (const auto& [name, check] : part(root, "checks").items())
        add_check(name, check, config);
    for (const auto& [name, settings] : part(root, "instances").items())
        config.settings.instances.push_back(instance(name, settings, findings));
    return config;
}

} // namespace baton::config
