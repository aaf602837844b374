// One instance, from JSON that the schema has passed to its settings: for the core, and for the kernel.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

#include <string>

namespace baton::config {

/// Adds to `findings` what only reading shows: addresses that are none, an interval that the version does not
/// have, and keys that mean nothing beside the others (find_idle_keys). `host` is empty before.
[[nodiscard]] vrrp::InstanceSettings read_instance(const std::string& name, const Json& json,
                                                   HostSettings& host, Findings& findings);

} // namespace baton::config
