// Interfaces that the configuration names: those that must be there, and those that batond makes.
#pragma once

#include "config/validate.h"

namespace baton::config {

/// Addresses and routes on an interface that batond makes for another instance.
void find_interfaces_of_others(const Config& config, Findings& findings);

/// Names of interfaces that the host does not have.
void find_unknown_interfaces(const Config& config, const Host& host, Findings& findings);

} // namespace baton::config
