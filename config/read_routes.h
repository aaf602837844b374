// The routes of an instance, from JSON that the schema has passed.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

#include <vector>

namespace baton::config {

/// Adds to `findings` what only reading shows: networks and gateways that are none, and keys that are missing
/// or mean nothing beside the others. `instance` has its addresses already; their family is that of a default
/// route without a gateway.
[[nodiscard]] std::vector<VirtualRoute>
read_routes(const Json& json, const Pointer& at, const vrrp::InstanceSettings& instance, Findings& findings);

/// What the core is to know of routes and rules.
[[nodiscard]] vrrp::RoutingSettings routing_of(const HostSettings& host);

} // namespace baton::config
