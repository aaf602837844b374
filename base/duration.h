// Durations as people write them: "100ms", "1.5s", "10m", "2h".
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <string>
#include <string_view>

namespace baton {

/// Reads a number with a unit: ns, us, ms, s, m or h; a decimal point is allowed, a sign or a space is not.
/// The error says what is expected. At most 10 years, at least 0, finer than 1 ns is refused.
[[nodiscard]] Result<Duration, Error> parse_duration(std::string_view text);

/// The shortest exact form parse_duration reads back: "1.5s", "100ms", "0s"; negative gets a sign.
[[nodiscard]] std::string format_duration(Duration duration);

/// For people: milliseconds with up to three decimals and no trailing zeros: "609.375 ms".
[[nodiscard]] std::string format_milliseconds(Duration duration);

} // namespace baton
