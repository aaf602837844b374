// Rules on the addresses an instance holds: each stands once, and where and how it can.
#pragma once

#include "config/config.h"
#include "config/problem.h"
#include "config/validate_instance.h"

namespace baton::config {

/// An address stands once in the file, advertised or excluded; link-local IPv6 ones once on each link.
[[nodiscard]] Holders find_repeated_addresses(const Config& config, Findings& findings);

/// Where one of the instance's addresses stands in the file.
[[nodiscard]] Pointer place_of(const Prefix& held, const vrrp::InstanceSettings& instance);

/// Families, labels, scopes, and Accept_Mode.
void find_holding_faults(const Config& config, Findings& findings);

} // namespace baton::config
