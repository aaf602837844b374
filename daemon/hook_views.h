// Hooks as control/ shows them, from what scripts/ knows of them. Pure.
#pragma once

#include "control/hooks.h"
#include "scripts/hook.h"
#include "scripts/hook_queue.h"

namespace baton::daemon {

[[nodiscard]] control::HookRun run_view(const scripts::HookRun& run);
[[nodiscard]] control::ConfiguredHook configured_view(scripts::HookEvent event, const scripts::Hook& hook);
[[nodiscard]] control::HooksView hooks_view(const scripts::HookSettings& settings,
                                            const scripts::HookQueue& queue);
/// `command`: as it would be run.
[[nodiscard]] control::HookPlan plan_view(scripts::HookEvent event, const scripts::Hook& hook,
                                          const scripts::Command& command);
[[nodiscard]] control::HookResult result_view(const scripts::HookEnd& end);

} // namespace baton::daemon
