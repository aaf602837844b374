// A reload as the API shows it, from what config/ found.
#pragma once

#include "config/difference.h"
#include "config/problem.h"
#include "control/reload.h"

namespace baton::daemon {

/// What would be done; refused where something needs a new start.
[[nodiscard]] control::Reload planned(const config::Difference& difference);

[[nodiscard]] control::Reload refused(const config::Errors& errors);
[[nodiscard]] control::Reload refused(const std::string& why);

} // namespace baton::daemon
