// Times as the API and people read them. Words only: reads no clock.
#pragma once

#include "base/time.h"
#include "control/report.h"

#include <string>

namespace baton::control {

/// The time of day of a moment on the boot clock, as the report's maker saw the two.
[[nodiscard]] WallTime time_of_day(const Report& report, Time time);

/// Whether the instance still leaves a lower Active router alone, by its preempt_delay.
[[nodiscard]] bool waits_to_preempt(const Report& report, const vrrp::InstanceView& view);

/// An advert that was refused is news for so long.
inline constexpr Duration refused_lately = std::chrono::minutes(1);

/// RFC 3339, UTC, microseconds: "2025-03-01T12:00:00.123456Z".
[[nodiscard]] std::string rfc3339(WallTime time);

/// How long, roughly, its two greatest units: "850ms", "3s", "5m 3s", "2h 5m", "3d 4h".
[[nodiscard]] std::string rough(Duration duration);

/// In milliseconds, to the microsecond.
[[nodiscard]] double milliseconds(Duration duration);

} // namespace baton::control
