// The timer arithmetic of RFC 9568 section 6.1, in nanoseconds, rounded once (decision D7 of the protocol
// survey: in whole centiseconds Skew_Time is 0 at short intervals and all Backups fire at once).
#pragma once

#include "base/time.h"
#include "vrrp/types.h"

namespace baton::vrrp {

/// Skew_Time: ((256 - Priority) * Active_Adver_Interval) / 256. The more important, the sooner. In version 2
/// it does not depend on the interval: (256 - Priority) / 256 seconds (RFC 3768 section 6.1).
[[nodiscard]] constexpr Duration skew_time(Priority priority, Duration active_adver_interval,
                                           Version version = Version::v3) {
    const Duration interval = version == Version::v2 ? std::chrono::seconds(1) : active_adver_interval;
    return (256 - priority.value) * interval / 256;
}

/// Active_Down_Interval: (3 * Active_Adver_Interval) + Skew_Time.
[[nodiscard]] constexpr Duration active_down_interval(Priority priority, Duration active_adver_interval,
                                                      Version version = Version::v3) {
    return 3 * active_adver_interval + skew_time(priority, active_adver_interval, version);
}

static_assert(skew_time(Priority{100}, std::chrono::seconds(1)) == std::chrono::microseconds(609'375));
static_assert(active_down_interval(Priority{100}, std::chrono::seconds(1)) ==
              std::chrono::microseconds(3'609'375));
static_assert(active_down_interval(Priority{100}, std::chrono::seconds(3), Version::v2) ==
              std::chrono::microseconds(9'609'375));
static_assert(skew_time(Priority{190}, std::chrono::milliseconds(10)) == std::chrono::nanoseconds(2'578'125));

} // namespace baton::vrrp
