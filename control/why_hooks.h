// What `batonctl why` says of hooks: what runs, what waits, and what has failed.
//
// Words only, as why.h.
#pragma once

#include "control/report.h"

#include <string>
#include <vector>

namespace baton::control {

/// One line for the hook that runs, one if others wait, and one for each last run of an event that was not
/// well.
void add_hooks(std::vector<std::string>& lines, const HooksView& view);

} // namespace baton::control
