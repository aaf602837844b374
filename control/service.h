// What the control API asks of the daemon: to look, and to do. Called from the loop, one at a time.
#pragma once

#include "base/result.h"
#include "control/hooks.h"
#include "control/release.h"
#include "control/reload.h"
#include "control/report.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace baton::control {

struct Service {
    std::function<Report()> report;
    std::function<Reload(bool dry_run)> reload{};
    /// By hand, or nothing: back to its results. False: there is no check of that name.
    std::function<bool(const std::string& check, std::optional<bool> up)> set_check{};
    /// What the hooks of an instance for an event would be run with.
    std::function<Result<std::vector<HookPlan>, Error>(const std::string& instance, const std::string& event)>
        plan_hooks{};
    /// Runs them. `done` is called later, never from within; or there is an error, and it is not.
    std::function<std::optional<Error>(const std::string& instance, const std::string& event,
                                       std::function<void(const HookResult&)> done)>
        run_hooks{};
    /// Hands over and stands aside. `done` as above; the instance is one that there is, or empty: all.
    std::function<std::optional<Error>(const ReleaseRequest& request,
                                       std::function<void(const ReleaseResult&)> done)>
        release{};
    /// Takes part again; empty: all. The names of those that were released.
    std::function<Result<std::vector<std::string>, Error>(const std::string& instance)> resume{};
};

} // namespace baton::control
