// Time as the protocol sees it: nanoseconds on the boot clock, passed in by whoever calls.
//
// Nothing here reads a clock; BootClock has no now() on purpose. The daemon fills Time from
// CLOCK_BOOTTIME (clock_gettime(2)), which goes on while the machine sleeps; tests fill it as they like.
// Nanoseconds, not centiseconds: Skew_Time of priority 100 at 1 s is 609.375 ms (RFC 9568 section 6.1).
#pragma once

#include <chrono>
#include <cstdint>

namespace baton {

using Duration = std::chrono::nanoseconds;

/// The clock's name, for the type system only.
struct BootClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock, duration>;
    static constexpr bool is_steady = true;
};

using Time = BootClock::time_point;

} // namespace baton
