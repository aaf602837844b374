// The one place that reads the clock: CLOCK_BOOTTIME goes on while the machine sleeps (clock_gettime(2)), so
// a suspended host knows on waking how long it was away.
#pragma once

#include "base/time.h"

#include <chrono>
#include <ctime>

namespace baton::daemon {

/// Now, on the clock that all of baton's protocol time is in.
[[nodiscard]] inline Time boot_now() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return Time{std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec)};
}

/// The time of day, UTC since 1970. Signed adverts carry it; nothing else here goes by it.
[[nodiscard]] inline std::chrono::sys_time<std::chrono::nanoseconds> wall_now() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(now.tv_sec) +
                                                           std::chrono::nanoseconds(now.tv_nsec));
}

/// What to add to a Time to get the time of day since 1970, as of now.
[[nodiscard]] inline Duration boot_to_wall() {
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    return std::chrono::seconds(wall.tv_sec) + std::chrono::nanoseconds(wall.tv_nsec) -
           boot_now().time_since_epoch();
}

/// A moment on our clock as time of day, as of now.
[[nodiscard]] inline std::chrono::system_clock::time_point wall_time(Time time) {
    const auto since_1970 = time.time_since_epoch() + boot_to_wall();
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_1970));
}

} // namespace baton::daemon
