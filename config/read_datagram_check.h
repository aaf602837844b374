// Checks by one datagram and its answer: pings, and questions to a DNS server.
#pragma once

#include "config/json.h"
#include "config/problem.h"
#include "health/settings.h"

namespace baton::config {

[[nodiscard]] health::PingCheck read_ping_check(const Json& json, const Pointer& at, Findings& findings);
[[nodiscard]] health::DnsCheck read_dns_check(const Json& json, const Pointer& at, Findings& findings);

} // namespace baton::config
