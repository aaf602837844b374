// How an operator wants adverts signed and believed: values that the configuration shares with auth/.
#pragma once

#include "base/time.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace baton::auth {

enum class Mode : std::uint8_t {
    enforce,     ///< signs, and takes signed adverts only
    permissive,  ///< signs, but takes bare adverts too: for the time in which peers are still to get keys
    receive_only ///< the step before: does not sign, takes bare and signed adverts
};

[[nodiscard]] constexpr const char* to_string(Mode mode) {
    switch (mode) {
    case Mode::enforce:
        return "enforce";
    case Mode::permissive:
        return "permissive";
    case Mode::receive_only:
        return "receive_only";
    }
    return "";
}

/// What makes a number too old.
enum class Freshness : std::uint8_t {
    time,     ///< it is farther from our clock than the window, or not above the sender's mark
    monotonic ///< it is not above the sender's mark; for networks whose clocks cannot be trusted
};

inline constexpr std::chrono::seconds min_window{1};
inline constexpr std::chrono::seconds max_window{300};

/// The window where none is configured: three intervals, but 5 s at least and max_window at most.
[[nodiscard]] constexpr std::chrono::seconds default_window(Duration interval) {
    return std::clamp(std::chrono::ceil<std::chrono::seconds>(3 * interval), std::chrono::seconds(5),
                      max_window);
}

} // namespace baton::auth
