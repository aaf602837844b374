#include "config/difference.h"

#include "config/difference_keys.h"
#include "config/json.h"

#include <algorithm>

namespace baton::config {
namespace {

using Kind = Change::Kind;
using What = Change::What;

template <class Named>
const Named* find(const std::vector<Named>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

/// Walks two lists by name: `compare` says which keys of two of one name differ.
template <class Named, class Compare>
std::size_t walk(Kind kind, const std::vector<Named>& before, const std::vector<Named>& after,
                 Compare&& compare, std::vector<Change>& changes) {
    std::size_t unchanged = 0;
    for (const auto& is : after) {
        const auto* was = find(before, is.name);
        if (was == nullptr) {
            changes.push_back({kind, What::added, is.name, {}});
            continue;
        }
        Change change{kind, What::changed, is.name, {}};
        if (compare(*was, is, change))
            ++unchanged;
        else
            changes.push_back(std::move(change));
    }
    for (const auto& was : before)
        if (find(after, was.name) == nullptr)
            changes.push_back({kind, What::removed, was.name, {}});
    return unchanged;
}

std::vector<std::string> names_of(const Config& config, const vrrp::SyncGroupSettings& group) {
    std::vector<std::string> names;
    for (const auto member : group.members)
        names.push_back(config.settings.instances[member.value].name);
    return names;
}

const scripts::HookSettings& hooks_of(const Config& config, const vrrp::SyncGroupSettings& group) {
    return config.group_hooks[static_cast<std::size_t>(&group - config.settings.sync_groups.data())];
}

/// The length of a lease can change while it runs; what was for ever cannot begin to be one.
bool same_edition(const HostSettings& a, const HostSettings& b) {
    const bool leased = a.lease != std::chrono::seconds(0);
    return leased == (b.lease != std::chrono::seconds(0)) && a.accept == b.accept && a.looks == b.looks &&
           a.routes == b.routes && a.rules == b.rules;
}

/// Something other in the same file is a difference as well, of the key that names the file.
void note_file(const FilesByName& renewed, const char* key, Change& change) {
    const auto found = renewed.find(change.name);
    if (found == renewed.end())
        return;
    change.file = found->second;
    if (std::find(change.keys.begin(), change.keys.end(), key) == change.keys.end())
        change.keys.emplace_back(key);
}

void compare_settings(const Config& before, const Config& after, Difference& result) {
    const auto tell = [&](const char* key, bool same) {
        if (!same)
            result.changes.push_back({Kind::setting, What::changed, key, {}});
    };
    tell("node", before.node == after.node);
    tell("startup_delay", before.settings.startup_delay == after.settings.startup_delay);
    tell("announce_rate", before.settings.announce_rate == after.settings.announce_rate);
    tell("notify_fifo", before.notify_fifo == after.notify_fifo);
    if (before.state_dir != after.state_dir)
        result.needs_restart.emplace_back("state_dir");
}

/// A gate comes of hooks: the instance's own are a key of it, those of its group are the group's.
bool same_but_for_gate(const vrrp::InstanceSettings& was, vrrp::InstanceSettings is) {
    is.gate = was.gate;
    return was == is;
}

} // namespace

const char* to_string(Change::Kind kind) {
    switch (kind) {
    case Kind::setting:
        return "setting";
    case Kind::check:
        return "check";
    case Kind::instance:
        return "instance";
    case Kind::sync_group:
        return "sync_group";
    }
    return "";
}

const char* to_string(Change::What what) {
    switch (what) {
    case What::added:
        return "added";
    case What::removed:
        return "removed";
    case What::changed:
        return "changed";
    case What::restarted:
        return "restarted";
    }
    return "";
}

void carry_editions(const Config& before, Config& after) {
    const auto& was_all = before.settings.instances;
    auto& is_all = after.settings.instances;
    for (std::size_t i = 0; i < is_all.size(); ++i)
        if (const auto* was = find(was_all, is_all[i].name)) {
            const auto& host = before.host[static_cast<std::size_t>(was - was_all.data())];
            is_all[i].edition = was->edition + (same_edition(host, after.host[i]) ? 0 : 1);
        }
}

Difference difference(const Config& before, const Config& after, const RenewedFiles& renewed) {
    Difference result;
    compare_settings(before, after, result);
    const auto& was_all = before.settings;
    const auto& is_all = after.settings;
    result.unchanged_checks = walk(
        Kind::check, was_all.checks, is_all.checks,
        [&](const auto& was, const auto& is, Change& change) {
            change.keys = different_check_keys(before, static_cast<std::size_t>(&was - was_all.checks.data()),
                                               after, static_cast<std::size_t>(&is - is_all.checks.data()));
            note_file(renewed.certificates, "ca_file", change);
            return change.keys.empty();
        },
        result.changes);
    result.unchanged_instances = walk(
        Kind::instance, was_all.instances, is_all.instances,
        [&](const auto& was, const auto& is, Change& change) {
            change.keys = different_keys(before, was, after, is);
            note_file(renewed.keys, "authentication", change);
            change.what = was.becomes(is) ? What::changed : What::restarted;
            return change.keys.empty() && same_but_for_gate(was, is);
        },
        result.changes);
    result.unchanged_sync_groups = walk(
        Kind::sync_group, was_all.sync_groups, is_all.sync_groups,
        [&](const auto& was, const auto& is, Change& change) {
            const bool same_members = names_of(before, was) == names_of(after, is);
            const bool same_hooks = hooks_of(before, was) == hooks_of(after, is);
            if (!same_hooks)
                change.keys = same_members ? std::vector<std::string>{"hooks"}
                                           : std::vector<std::string>{"members", "hooks"};
            return same_members && same_hooks;
        },
        result.changes);
    return result;
}

std::string describe(const Change& change) {
    auto kind = std::string(to_string(change.kind));
    std::replace(kind.begin(), kind.end(), '_', ' ');
    auto line = kind + " " + change.name + " is " + to_string(change.what);
    if (change.name == "startup_delay" && change.kind == Kind::setting)
        line += "; it is looked at when batond starts";
    if (!change.keys.empty())
        line += " (" + join(change.keys) + ")";
    if (change.file.empty())
        return line;
    return line + "; there are other " + (change.kind == Kind::check ? "certificates" : "keys") + " in " +
           change.file;
}

std::string describe_unchanged(const Difference& difference) {
    const auto count = [](std::size_t number, const char* noun) {
        return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
    };
    return count(difference.unchanged_instances, "instance") + ", " +
           count(difference.unchanged_checks, "check") + ", " +
           count(difference.unchanged_sync_groups, "sync group") + " unchanged";
}

} // namespace baton::config
