// The hooks of an instance or of a sync group, from JSON that the schema has passed.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "scripts/hook.h"
#include "vrrp/settings.h"

#include <optional>

namespace baton::config {

/// How long a hook that was asked to end has before it is killed.
inline constexpr auto hook_grace = std::chrono::seconds(2);

/// `json` is the whole instance or group, which stands `at`. Users and groups that are not there are
/// findings.
[[nodiscard]] scripts::HookSettings read_hooks(const Json& json, const Pointer& at, Findings& findings);

/// What the core is to know of a gate; nothing without `before_active`. `json` is the whole instance or
/// group.
[[nodiscard]] std::optional<vrrp::GateSettings> gate_of(const Json& json, const scripts::HookSettings& hooks);

} // namespace baton::config
