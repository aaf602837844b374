// Keys of an instance that mean nothing with its version, its family or its other keys.
//
// Whether a key was written shows in the JSON only: in the settings it looks like its default. So the schema
// gives such keys no constant default.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "vrrp/settings.h"

namespace baton::config {

/// `settings` is what was read from `json`.
void find_idle_keys(const Json& json, const vrrp::InstanceSettings& settings, Findings& findings);

} // namespace baton::config
