// What an instance holds on its interfaces while Active: its addresses, advertised or not, where each stands
// and how the kernel shows it.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

namespace baton::config {

/// A list of addresses: each a text, or an object with an "address". Refused ones leave a stand-in.
[[nodiscard]] std::vector<Prefix> read_addresses(const Json& instance, const char* key, const Pointer& at,
                                                 Findings& findings);

/// Excluded addresses, where addresses stand, and Accept_Mode. `settings` has its addresses, its priority and
/// its interfaces already.
void read_holdings(const Json& instance, const Pointer& at, vrrp::InstanceSettings& settings,
                   HostSettings& host, Findings& findings);

} // namespace baton::config
