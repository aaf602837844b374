// From JSON that the schema has passed to a Config.
//
// Reads what is there and takes zero for what the schema has refused (null): the result is then incomplete,
// and only good for finding more errors in it.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

namespace baton::config {

/// Adds to `findings` what only reading shows; see read_instance.h.
[[nodiscard]] Config read_config(const Json& root, Findings& findings);

} // namespace baton::config
