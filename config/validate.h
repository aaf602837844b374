// What is wrong with a configuration although each of its values is in order: things used twice, names of
// things that are not there, settings that could never take effect, programs that cannot run.
//
// Looks at a Config and at the files it names, not at JSON: whatever notation it came from, the rules are the
// same. Pointers are those of the JSON form.
#pragma once

#include "config/config.h"
#include "config/problem.h"

namespace baton::config {

/// Parts that were refused before hold zero (no name, VRID 0, address 0.0.0.0) and are passed over.
[[nodiscard]] Findings validate(const Config& config);

} // namespace baton::config
