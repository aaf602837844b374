#include "config/read_hooks.h"

#include "config/account.h"
#include "config/members.h"
#include "config/read_command.h"

namespace baton::config {
namespace {

using scripts::Hook;
using scripts::HookConvention;
using scripts::HookEvent;

HookConvention convention(const std::string& word) {
    if (word == "keepalived")
        return HookConvention::keepalived;
    return word == "keepalived_notify" ? HookConvention::keepalived_notify : HookConvention::baton;
}

/// A string for the shell gets the words of `notify` as its arguments.
std::vector<std::string> argv(const Json& json, HookConvention convention) {
    auto words = read_argv(json);
    if (convention == HookConvention::keepalived_notify && !text(json, "run").empty()) {
        words.back() += " \"$@\"";
        words.emplace_back("notify");
    }
    return words;
}

std::optional<mode_t> umask(const Json& json) {
    const auto digits = text(json, "umask");
    return digits.empty() ? std::nullopt : std::optional(static_cast<mode_t>(std::stoul(digits, nullptr, 8)));
}

std::vector<std::string> environment(const Json& json, const Pointer& at, Findings& findings) {
    std::vector<std::string> entries;
    for (const auto& [name, value] : part(json, "environment").items()) {
        if (!value.is_string()) // refused
            continue;
        const auto place = (at / "environment" / name).text();
        if (name.starts_with("BATON_"))
            findings.push_back({.pointer = place,
                                .message = "names that begin with BATON_ are batond's; choose another",
                                .about = Finding::About::key});
        const auto text = value.get<std::string>();
        if (text.find('\0') != std::string::npos)
            findings.push_back({.pointer = place, .message = "no environment can hold a NUL character"});
        entries.push_back(name + "=" + text);
    }
    return entries;
}

Hook hook(const Json& json, const Pointer& at, Findings& findings) {
    Hook hook;
    hook.convention = convention(text(json, "convention"));
    hook.user = text(json, "user");
    hook.group = text(json, "group");
    auto& command = hook.command;
    command.argv = argv(json, hook.convention);
    command.timeout = duration(json, "timeout");
    command.environment = environment(json, at, findings);
    command.directory = text(json, "directory");
    command.umask = umask(json);
    command.grace = hook_grace;
    command.dies_with_us = true;
    command.refuse_writable = true;
    if (auto identity = identity_of(hook.user, hook.group))
        command.identity = std::move(*identity);
    else
        findings.push_back({.pointer = (at / (identity.error().of_group ? "group" : "user")).text(),
                            .message = identity.error().text});
    return hook;
}

/// keepalived tells of states only.
bool keepalived_knows(HookEvent event) {
    return event != HookEvent::before_active && event != HookEvent::release;
}

} // namespace

scripts::HookSettings read_hooks(const Json& json, const Pointer& at, Findings& findings) {
    scripts::HookSettings settings;
    const auto& hooks = part(json, "hooks");
    for (const auto event : scripts::all_hook_events) {
        const auto& entries = part(hooks, to_string(event));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto place = at / "hooks" / to_string(event) / i;
            settings.events[event].push_back(hook(entries[i], place, findings));
            if (settings.events[event].back().convention == HookConvention::keepalived_notify &&
                !keepalived_knows(event))
                findings.push_back(
                    {.pointer = (place / "convention").text(),
                     .message = std::string("keepalived has no word for ") + to_string(event) +
                                "; use \"keepalived\", which adds no words, or leave this out"});
        }
    }
    if (text(hooks, "gate_failure") == "backup")
        settings.gate_failure = scripts::GateFailure::backup;
    if (find(hooks, "gate_failure") != nullptr && settings.find(HookEvent::before_active) == nullptr)
        findings.push_back({.pointer = (at / "hooks" / "gate_failure").text(),
                            .message = "without \"before_active\" there is no gate; leave this out"});
    return settings;
}

std::optional<vrrp::GateSettings> gate_of(const Json& json, const scripts::HookSettings& hooks) {
    const auto* entries = hooks.find(scripts::HookEvent::before_active);
    if (entries == nullptr)
        return std::nullopt;
    vrrp::GateSettings gate;
    if (hooks.gate_failure == scripts::GateFailure::backup)
        gate.on_failure = vrrp::GateFailure::backup;
    for (const auto& hook : *entries)
        gate.longest += hook.command.timeout + hook.command.grace;
    gate.programs = part(part(json, "hooks"), scripts::to_string(scripts::HookEvent::before_active)).dump();
    return gate;
}

} // namespace baton::config
