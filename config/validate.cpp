#include "config/validate.h"

#include "base/nearest.h"
#include "config/json.h"
#include "config/program.h"
#include "config/validate_holdings.h"
#include "config/validate_hooks.h"
#include "config/validate_instance.h"
#include "config/validate_interfaces.h"
#include "config/validate_routes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;
using vrrp::TrackSettings;

/// RFC 9568 section 5.2.3: a VRID names one virtual router of a link and a family.
void find_repeated_vrids(const Config& config, Findings& findings) {
    std::map<std::tuple<std::string, Family, vrrp::Vrid>, std::string> holders;
    for (const auto& instance : config.settings.instances) {
        if (instance.interface.empty() || instance.vrid == vrrp::Vrid{})
            continue;
        const auto family = known_family(instance.addresses).value_or(Family::ipv4);
        const auto [first, fresh] =
            holders.try_emplace({instance.interface, family, instance.vrid}, instance.name);
        if (!fresh)
            findings.push_back({.pointer = (place_of(instance) / "vrid").text(),
                                .message = "VRID " + std::to_string(instance.vrid.value) + " on " +
                                           instance.interface + " is already that of instance " +
                                           quote(first->second) + "; give each its own"});
    }
}

std::vector<std::string> check_names(const Config& config) {
    std::vector<std::string> names;
    for (const auto& check : config.settings.checks)
        names.push_back(check.name);
    return names;
}

void find_unknown_check(const TrackSettings& entry, const Pointer& place,
                        const std::vector<std::string>& names, Findings& findings) {
    if (std::find(names.begin(), names.end(), entry.name) != names.end())
        return;
    findings.push_back(
        {.pointer = (place / "check").text(),
         .message = "there is no check " + quote(entry.name) + (names.empty() ? "; \"checks\" has none" : ""),
         .suggestion = nearest(entry.name, names),
         .allowed = join(names)});
}

void find_idle_weight(const InstanceSettings& instance, const TrackSettings& entry, const Pointer& place,
                      Findings& findings) {
    if (instance.priority == vrrp::owner && entry.weight != 0)
        findings.push_back({.pointer = (place / "weight").text(),
                            .message =
                                "a weight never applies to an owner (priority 255); use weight 0, or a "
                                "priority of at most 254"});
}

void find_track_faults(const Config& config, Findings& findings) {
    const auto names = check_names(config);
    for (const auto& instance : config.settings.instances) {
        std::set<std::pair<TrackSettings::Kind, std::string>> seen;
        for (std::size_t i = 0; i < instance.track.size(); ++i) {
            const auto& entry = instance.track[i];
            const auto place = place_of(instance) / "track" / i;
            if (entry.name.empty())
                continue;
            const bool is_check = entry.kind == TrackSettings::Kind::check;
            if (!seen.insert({entry.kind, entry.name}).second)
                findings.push_back({.pointer = place.text(),
                                    .message = std::string(is_check ? "check " : "interface ") +
                                               quote(entry.name) + " is tracked twice; keep one entry"});
            else if (is_check)
                find_unknown_check(entry, place, names, findings);
            find_idle_weight(instance, entry, place, findings);
        }
    }
}

/// An instance in two groups would tie them together, and a member named twice is a slip.
void find_repeated_members(const Config& config, Findings& findings) {
    std::map<vrrp::InstanceId, std::string> groups;
    for (const auto& group : config.settings.sync_groups)
        for (const auto member : group.members) {
            const auto [first, fresh] = groups.try_emplace(member, group.name);
            if (!fresh)
                findings.push_back({.pointer = (Pointer{} / "sync_groups" / group.name).text(),
                                    .message = quote(config.settings.instances[member.value].name) +
                                               " is already a member of group " + quote(first->second) +
                                               "; name it once"});
        }
}

/// Each virtual MAC has an interface of its own, which is none that adverts travel on.
void find_shared_holders(const Config& config, Findings& findings) {
    std::map<std::string, std::string> holders;
    for (const auto& instance : config.settings.instances)
        holders.try_emplace(instance.interface, instance.name);
    for (const auto& instance : config.settings.instances) {
        if (instance.holder.empty())
            continue;
        const auto [first, fresh] = holders.try_emplace(instance.holder, instance.name);
        if (!fresh)
            findings.push_back({.pointer = (place_of(instance) / "virtual_mac").text(),
                                .message = "the interface " + quote(instance.holder) +
                                           " is already that of instance " + quote(first->second) +
                                           "; give this one a \"virtual_mac_interface\" of its own"});
    }
}

/// A NUL would end the argument early, unseen (execve(2) takes C strings).
bool holds_nul(const std::string& word) { return word.find('\0') != std::string::npos; }

void find_program_faults(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto* command = std::get_if<scripts::Command>(&config.checks[i].work);
        if (command == nullptr)
            continue;
        const auto& argv = command->argv;
        const auto run = Pointer{} / "checks" / config.settings.checks[i].name / "run";
        const auto nul = std::find_if(argv.begin(), argv.end(), holds_nul);
        if (nul != argv.end())
            findings.push_back({.pointer = (run / static_cast<std::size_t>(nul - argv.begin())).text(),
                                .message = "no argument of a program can hold a NUL character"});
        else if (!argv.empty())
            if (const auto fault = program_fault(argv.front()); !fault.empty())
                findings.push_back({.pointer = (run / std::size_t{0}).text(), .message = fault});
        if (const auto program = program_of_line(argv); !program.empty())
            if (const auto fault = program_fault(program); !fault.empty())
                findings.push_back({.pointer = run.text(), .message = fault});
    }
}

const health::TlsSettings* tls_of(const CheckWork& work) {
    return std::visit(
        [](const auto& check) -> const health::TlsSettings* {
            if constexpr (requires { check.tls; })
                return &check.tls;
            return nullptr;
        },
        work);
}

void find_certificate_faults(const Config& config, const std::optional<Host>& host, Findings& findings) {
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto* tls = tls_of(config.checks[i].work);
        if (tls == nullptr || !tls->verify || tls->ca_file.empty() || !host || !host->ca_file_fault)
            continue;
        if (auto fault = host->ca_file_fault(tls->ca_file); !fault.empty())
            findings.push_back(
                {.pointer = (Pointer{} / "checks" / config.settings.checks[i].name / "ca_file").text(),
                 .message = std::move(fault)});
    }
}

bool tells_share(const Config& config, const std::string& check) {
    const auto& all = config.settings.checks;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == check; });
    if (found == all.end())
        return true; // told already
    const auto& work = config.checks[static_cast<std::size_t>(found - all.begin())].work;
    const auto* haproxy = std::get_if<health::HaproxyCheck>(&work);
    return haproxy != nullptr && haproxy->settings.backend;
}

void find_share_faults(const Config& config, Findings& findings) {
    for (const auto& instance : config.settings.instances)
        for (std::size_t i = 0; i < instance.track.size(); ++i) {
            const auto& entry = instance.track[i];
            std::string fault;
            if (entry.proportional && entry.weight == 0)
                fault = "with weight 0 there is nothing to take a part of; give a weight, or leave this out";
            else if (entry.proportional && entry.reverse)
                fault = "does not go with \"reverse\"; leave one of them out";
            else if (entry.proportional && !tells_share(config, entry.name))
                fault = "check " + quote(entry.name) +
                        " cannot tell a part; one of type \"haproxy\" with a \"backend\" can";
            if (!fault.empty())
                findings.push_back({.pointer = (place_of(instance) / "track" / i / "proportional").text(),
                                    .message = fault});
        }
}

/// One that runs only while an instance is Active counts from then on as it begins.
void find_initial_faults(const Config& config, Findings& findings) {
    for (const auto& check : config.settings.checks) {
        const auto yields = [&](const TrackSettings& entry) {
            return entry.kind == TrackSettings::Kind::check && entry.name == check.name &&
                   *check.initial == entry.reverse;
        };
        if (!check.while_active || !check.initial)
            continue;
        for (const auto& instance : config.settings.instances)
            if (std::any_of(instance.track.begin(), instance.track.end(), yields))
                findings.push_back({.pointer = (Pointer{} / "checks" / check.name / "initial").text(),
                                    .message = std::string(*check.initial ? "\"up\"" : "\"down\"") +
                                               " would make instance " + quote(instance.name) +
                                               " yield as soon as it is Active; with \"run_while\": "
                                               "\"active\" leave it out, or say \"" +
                                               (*check.initial ? "down" : "up") + "\""});
    }
}

/// How many IPv6 addresses leave room for the trailer of 28 octets in an advert of 1500.
constexpr std::size_t most_signed_ipv6_addresses = 89;

void find_signature_faults(const Config& config, const std::optional<Host>& host, Findings& findings) {
    for (const auto& signature : config.signatures) {
        const auto& instance = config.settings.instances[signature.instance.value];
        if (known_family(instance.addresses) == Family::ipv6 &&
            instance.addresses.size() == most_signed_ipv6_addresses + 1)
            findings.push_back(
                {.pointer = (place_of(instance) / "addresses").text(),
                 .message = "no more than " + std::to_string(most_signed_ipv6_addresses) +
                            " IPv6 addresses and a signature fit in an advert of 1500 octets"});
        if (!host || !host->key_file_fault || signature.keys.empty())
            continue;
        if (auto fault = host->key_file_fault(signature.keys); !fault.empty())
            findings.push_back({.pointer = (place_of(instance) / "authentication" / "keys").text(),
                                .message = std::move(fault)});
    }
}

} // namespace

Findings validate(const Config& config, const std::optional<Host>& host) {
    Findings findings;
    find_repeated_vrids(config, findings);
    const auto holders = find_repeated_addresses(config, findings);
    for (const auto& instance : config.settings.instances)
        find_instance_faults(instance, holders, findings);
    find_track_faults(config, findings);
    find_repeated_members(config, findings);
    find_shared_holders(config, findings);
    find_program_faults(config, findings);
    find_hook_faults(config, findings);
    find_certificate_faults(config, host, findings);
    find_share_faults(config, findings);
    find_initial_faults(config, findings);
    find_signature_faults(config, host, findings);
    find_holding_faults(config, findings);
    find_route_faults(config, findings);
    find_rule_faults(config, findings);
    find_interfaces_of_others(config, findings);
    if (host)
        find_unknown_interfaces(config, *host, findings);
    return findings;
}

} // namespace baton::config
