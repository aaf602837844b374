// What the control API asks of the daemon: to look, and to do. Called from the loop, one at a time.
#pragma once

#include "control/reload.h"
#include "control/report.h"

#include <functional>
#include <optional>
#include <string>

namespace baton::control {

struct Service {
    std::function<Report()> report;
    std::function<Reload(bool dry_run)> reload{};
    /// By hand, or nothing: back to its results. False: there is no check of that name.
    std::function<bool(const std::string& check, std::optional<bool> up)> set_check{};
};

} // namespace baton::control
