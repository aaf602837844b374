// `batonctl status`: the JSON of `GET /v1/status` as a table for people, plain text.
#pragma once

#include "control/status.h"

#include <string>

namespace baton::control {

/// Instances, their faults, and checks below. Throws nlohmann::json::exception where `status` is not what
/// GET /v1/status answers: that is for whoever received it to catch.
[[nodiscard]] std::string status_table(const Json& status);

/// `batonctl hooks list`, from the same: each hook, and how the last run of its event ended.
[[nodiscard]] std::string hooks_table(const Json& status);

} // namespace baton::control
