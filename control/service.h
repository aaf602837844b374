// What the control API asks of the daemon: to look, and to do. Called from the loop, one at a time.
#pragma once

#include "control/reload.h"
#include "control/report.h"

#include <functional>

namespace baton::control {

struct Service {
    std::function<Report()> report;
    std::function<Reload(bool dry_run)> reload{};
};

} // namespace baton::control
