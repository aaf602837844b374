// How effects read in a trace and in a scenario: "holds 10.0.1.100/24", "backup -> active (why)".
#pragma once

#include "vrrp/effect.h"
#include "vrrp/settings.h"

#include <optional>
#include <string>

namespace baton::sim {

/// One effect in words; `failure` says why it could not be performed, or is empty.
[[nodiscard]] std::string describe(const vrrp::Effect& effect, const vrrp::Settings& settings,
                                   const std::string& failure);

/// Seconds since the start with six decimals: "3.609375".
[[nodiscard]] std::string format_time(Time time);

/// "3.609375 b backup -> active (why)"
[[nodiscard]] std::string format_line(Time time, const std::string& host, const std::string& text);

} // namespace baton::sim
