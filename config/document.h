// JSON with comments, read by nlohmann/json into a value and the place of everything in it.
//
// Knows nothing of what a configuration means. Never throws for what stands in the text.
#pragma once

#include "config/json.h"
#include "config/position.h"
#include "config/problem.h"

#include <string_view>

namespace baton::config {

/// More levels than any configuration has; what lies deeper is refused before it costs anything.
inline constexpr std::size_t deepest_nesting = 64;

struct Document {
    Json value;
    Positions positions;
    Findings findings;    ///< keys given twice, and what ended the reading
    bool complete{false}; ///< false: not JSON; `value` is then of no use
};

[[nodiscard]] Document parse_document(std::string_view text);

} // namespace baton::config
