// One instance, from JSON that the schema has passed to its settings.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "vrrp/settings.h"

#include <string>

namespace baton::config {

/// Adds to `findings` what only reading shows: addresses that are none, an interval that the version does not
/// have, and keys that mean nothing beside the others (find_idle_keys).
[[nodiscard]] vrrp::InstanceSettings read_instance(const std::string& name, const Json& json,
                                                   Findings& findings);

} // namespace baton::config
