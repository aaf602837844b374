#include "config/read.h"

#include "base/nearest.h"
#include "config/json.h"
#include "config/members.h"
#include "config/read_check.h"
#include "config/read_hooks.h"
#include "config/read_instance.h"
#include "config/read_signature.h"

#include <algorithm>

namespace baton::config {
namespace {

/// Under another name it is another gate: whoever runs it begins anew.
std::optional<vrrp::GateSettings> gate_of_group(const std::string& name, const Json& json,
                                                const scripts::HookSettings& hooks) {
    auto gate = gate_of(json, hooks);
    if (gate)
        gate->programs = name + gate->programs;
    return gate;
}

/// The group's is run beside that of its first member; the group passes all its gates together.
void add_gate(const std::optional<vrrp::GateSettings>& gate, vrrp::InstanceSettings& first) {
    if (gate && first.gate) {
        first.gate->longest = std::max(first.gate->longest, gate->longest);
        first.gate->programs += gate->programs;
    } else if (gate)
        first.gate = gate;
}

/// A list of members, or an object with that list and hooks.
void add_sync_group(const std::string& name, const Json& json, Config& config, Findings& findings) {
    const auto at = Pointer{} / "sync_groups" / name;
    const auto& members = json.is_object() ? part(json, "members") : json;
    const auto list = json.is_object() ? at / "members" : at;
    vrrp::SyncGroupSettings group{name, {}};
    const auto& instances = config.settings.instances;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto wanted = members[i].is_string() ? members[i].get<std::string>() : std::string{};
        if (wanted.empty()) // refused
            continue;
        const auto found = std::find_if(instances.begin(), instances.end(),
                                        [&](const auto& instance) { return instance.name == wanted; });
        if (found != instances.end()) {
            group.members.emplace_back(static_cast<std::uint32_t>(found - instances.begin()));
            continue;
        }
        std::vector<std::string> names(instances.size());
        std::transform(instances.begin(), instances.end(), names.begin(),
                       [](const auto& instance) { return instance.name; });
        findings.push_back({.pointer = (list / i).text(),
                            .message = "there is no instance " + quote(wanted),
                            .suggestion = nearest(wanted, names),
                            .allowed = join(names)});
    }
    config.group_hooks.push_back(read_hooks(json, at, findings));
    if (!group.members.empty())
        add_gate(gate_of_group(name, json, config.group_hooks.back()),
                 config.settings.instances[group.members.front().value]);
    config.settings.sync_groups.push_back(std::move(group));
}

} // namespace

Config read_config(const Json& root, Findings& findings) {
    Config config;
    config.node = text(root, "node");
    config.settings.startup_delay = duration(root, "startup_delay");
    config.settings.announce_rate = static_cast<unsigned>(number(root, "announce_rate"));
    for (const auto& [name, check] : part(root, "checks").items())
        read_check(name, check, config, findings);
    config.state_dir = text(root, "state_dir");
    config.notify_fifo = text(root, "notify_fifo");
    for (const auto& [name, settings] : part(root, "instances").items()) {
        const vrrp::InstanceId id{static_cast<std::uint32_t>(config.settings.instances.size())};
        config.settings.instances.push_back(
            read_instance(name, settings, config.host.emplace_back(), findings));
        if (auto signature = read_signature(id, config.settings.instances.back(), settings, findings))
            config.signatures.push_back(std::move(*signature));
    }
    for (const auto& [name, group] : part(root, "sync_groups").items())
        add_sync_group(name, group, config, findings);
    return config;
}

} // namespace baton::config
