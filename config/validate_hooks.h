// Whether the programs of hooks can be run, and are nobody else's to change.
#pragma once

#include "config/config.h"
#include "config/problem.h"

namespace baton::config {

void find_hook_faults(const Config& config, Findings& findings);

} // namespace baton::config
