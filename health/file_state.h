// What a file says that somebody writes to make a check good or bad: a word or a number.
//
// Pure. "up", "ok" and any number above 0 are good; "down", 0 and any number below are bad. Numbers are -254
// to 254. Space around it does not count; anything else is no state, and as bad as no file.
#pragma once

#include "health/probe.h"

#include <string_view>

namespace baton::health {

/// More than any state needs, and little enough to be read at once.
inline constexpr std::size_t max_file_state = 256;

[[nodiscard]] Finding judge_file_state(std::string_view text);

} // namespace baton::health
