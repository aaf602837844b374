// The policy rules of an instance, from JSON that the schema has passed.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

#include <vector>

namespace baton::config {

/// Adds to `findings` what only reading shows: networks and marks that are none, and rules that select
/// nothing. `instance` has its addresses already; their family is that of a rule which does not tell its own.
[[nodiscard]] std::vector<netlink::Rule>
read_rules(const Json& json, const Pointer& at, const vrrp::InstanceSettings& instance, Findings& findings);

} // namespace baton::config
