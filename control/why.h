// `batonctl why NAME`: why an instance stands where it stands, in lines for people.
//
// Words only: all of it is in the report. What a check or the kernel said is quoted as it is.
#pragma once

#include "base/result.h"
#include "control/report.h"
#include "control/status.h"

#include <string>
#include <string_view>
#include <vector>

namespace baton::control {

/// The place of the instance in the snapshot, or who there is and whom one may have meant.
[[nodiscard]] Result<std::size_t, Error> find_instance(const Report& report, std::string_view name);

/// State, priority, faults, who is active, what would happen next, and the last transitions, newest first.
[[nodiscard]] std::vector<std::string> why_text(const Report& report, std::size_t index);

/// {"name", "text": [lines], "instance": as in the status}
[[nodiscard]] Json why_json(const Report& report, std::size_t index);

} // namespace baton::control
