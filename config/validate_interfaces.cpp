#include "config/validate_interfaces.h"

#include "base/nearest.h"
#include "config/json.h"
#include "config/validate_holdings.h"

#include <algorithm>
#include <map>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;
using vrrp::TrackSettings;
using Names = std::vector<std::string>;

void find_unknown(const std::string& name, const Pointer& place, const Names& present, Findings& findings) {
    if (name.empty() || std::find(present.begin(), present.end(), name) != present.end())
        return;
    findings.push_back({.pointer = place.text(),
                        .message = "there is no interface " + quote(name) + " on this host",
                        .suggestion = nearest(name, present),
                        .allowed = join(present)});
}

/// Calls `visit(name, place)` for each interface that addresses stand on and routes lead out of. They must
/// be up whenever the instance is Active.
template <class Visit>
void for_each_used(const InstanceSettings& instance, const HostSettings& host, Visit visit) {
    for (const auto& elsewhere : instance.elsewhere)
        visit(elsewhere.interface, place_of(elsewhere.address, instance) / "interface");
    for (std::size_t i = 0; i < host.routes.size(); ++i)
        visit(host.routes[i].interface, place_of(instance) / "routes" / i / "interface");
}

std::map<std::string, const InstanceSettings*> made_interfaces(const Config& config) {
    std::map<std::string, const InstanceSettings*> made;
    for (const auto& instance : config.settings.instances)
        if (!instance.holder.empty())
            made.try_emplace(instance.holder, &instance);
    return made;
}

void find_unknown_tracked(const InstanceSettings& instance, const Host& host, Findings& findings) {
    for (std::size_t i = 0; i < instance.track.size(); ++i)
        if (instance.track[i].kind == TrackSettings::Kind::interface)
            find_unknown(instance.track[i].name, place_of(instance) / "track" / i / "interface",
                         host.interfaces, findings);
}

void find_unknown_selectors(const InstanceSettings& instance, const std::vector<netlink::Rule>& rules,
                            const Names& present, Findings& findings) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto at = place_of(instance) / "rules" / i;
        find_unknown(rules[i].iif, at / "input_interface", present, findings);
        find_unknown(rules[i].oif, at / "output_interface", present, findings);
    }
}

void find_unknown_ways_out(const Config& config, const Names& present, Findings& findings) {
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto* interface = std::visit(
            [](const auto& check) -> const std::string* {
                if constexpr (requires { check.interface; })
                    return &check.interface;
                else if constexpr (requires { check.target; })
                    return &check.target.interface;
                else
                    return nullptr;
            },
            config.checks[i].work);
        if (interface != nullptr)
            find_unknown(*interface, Pointer{} / "checks" / config.settings.checks[i].name / "interface",
                         present, findings);
    }
}

} // namespace

void find_interfaces_of_others(const Config& config, Findings& findings) {
    const auto made = made_interfaces(config);
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& instance = config.settings.instances[i];
        for_each_used(instance, config.host[i], [&](const std::string& name, const Pointer& place) {
            const auto owner = made.find(name);
            if (owner != made.end() && owner->second != &instance && name != instance.interface)
                findings.push_back(
                    {.pointer = place.text(),
                     .message = quote(name) + " is the interface of instance " + quote(owner->second->name) +
                                ", and down while that one is not Active; put this into that instance"});
        });
    }
}

void find_unknown_interfaces(const Config& config, const Host& host, Findings& findings) {
    const auto made = made_interfaces(config);
    auto present = host.interfaces; // and what will be, for rules: those look at names only
    for (const auto& entry : made)
        present.push_back(entry.first);
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& instance = config.settings.instances[i];
        find_unknown(instance.interface, place_of(instance) / "interface", host.interfaces, findings);
        find_unknown_tracked(instance, host, findings);
        for_each_used(instance, config.host[i], [&](const std::string& name, const Pointer& place) {
            if (!made.contains(name)) // its own, or told by find_interfaces_of_others()
                find_unknown(name, place, host.interfaces, findings);
        });
        find_unknown_selectors(instance, config.host[i].rules, present, findings);
    }
    find_unknown_ways_out(config, present, findings);
}

} // namespace baton::config
