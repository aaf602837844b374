// What one run of a check says. A raw result: counting (rise, fall) and weights are the core's.
#pragma once

#include "base/time.h"

#include <optional>
#include <string>

namespace baton {

struct Verdict {
    bool ok{false};
    std::string detail{}; ///< for people: "exit status 1: connection refused"
    Duration took{};
    std::optional<double> share{}; ///< 0..1: how much of it is well, where the check can tell
};

} // namespace baton
