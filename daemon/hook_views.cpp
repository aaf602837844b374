#include "daemon/hook_views.h"

namespace baton::daemon {

control::HookRun run_view(const scripts::HookRun& run) {
    return {run.number,           run.event,  run.transition, run.by_hand, run.argv, run.at,
            to_string(run.state), run.detail, run.status,     run.output,  run.took};
}

control::ConfiguredHook configured_view(scripts::HookEvent event, const scripts::Hook& hook) {
    return {to_string(event), hook.command.argv, hook.command.timeout,
            hook.user,        hook.group,        to_string(hook.convention)};
}

control::HooksView hooks_view(const scripts::HookSettings& settings, const scripts::HookQueue& queue) {
    control::HooksView view;
    for (const auto& [event, hooks] : settings.events)
        for (const auto& hook : hooks)
            view.configured.push_back(configured_view(event, hook));
    for (const auto& run : queue.runs())
        view.runs.push_back(run_view(run));
    view.waiting = queue.waiting();
    return view;
}

control::HookPlan plan_view(scripts::HookEvent event, const scripts::Hook& hook,
                            const scripts::Command& command) {
    return {configured_view(event, hook), command.argv, command.environment, command.input,
            command.directory};
}

control::HookResult result_view(const scripts::HookEnd& end) {
    control::HookResult result{end.ok, end.why, {}};
    for (const auto& run : end.runs)
        result.runs.push_back(run_view(run));
    return result;
}

} // namespace baton::daemon
