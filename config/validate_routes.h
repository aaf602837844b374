// Rules on the routes and policy rules of all instances: families, gateways, and places in the kernel taken
// twice.
#pragma once

#include "config/config.h"
#include "config/problem.h"

namespace baton::config {

void find_route_faults(const Config& config, Findings& findings);
void find_rule_faults(const Config& config, Findings& findings);

} // namespace baton::config
