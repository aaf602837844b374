// A release by hand, and what comes of it, as the API shows it. Values only; daemon/ fills them.
#pragma once

#include "base/time.h"
#include "control/report.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace baton::control {

struct ReleaseRequest {
    std::string instance;             ///< empty: all
    std::optional<Duration> duration; ///< none: until it is resumed
    bool force{false};                ///< also when nobody takes over, or a release hook fails
};

struct ReleaseOutcome {
    std::string instance;
    bool released{false};
    bool was_active{false};
    std::string text; ///< "10.0.1.3 took over with priority 100", or why it was not released
};

struct ReleaseResult {
    std::vector<ReleaseOutcome> outcomes;
    std::optional<WallTime> until;
    Duration took{};
    std::string trouble; ///< why it will not outlive a restart of batond; empty if it does

    [[nodiscard]] bool all_released() const;
};

/// {"instances": [{"name", "released", "was_active", "text"}], "until", "took_ms", "trouble"}, and "error"
/// where something was not released
[[nodiscard]] nlohmann::ordered_json release_json(const ReleaseResult& result);

} // namespace baton::control
