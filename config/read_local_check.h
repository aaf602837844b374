// Checks of this host itself: processes, files, units of systemd.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "health/settings.h"

namespace baton::config {

[[nodiscard]] health::ProcessCheck read_process_check(const Json& json, const Pointer& at,
                                                      Findings& findings);
[[nodiscard]] health::FileCheck read_file_check(const Json& json);
[[nodiscard]] health::SystemdCheck read_systemd_check(const Json& json, const Pointer& at,
                                                      Findings& findings);

} // namespace baton::config
