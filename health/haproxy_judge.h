// Is this HAProxy fit for traffic? What it told of itself, held against what the operator asks for.
//
// A server counts as up when HAProxy would send it a new connection: "UP", "UP 1/3" (failing, not yet down),
// "no check"; with a weight above 0. DOWN, "DOWN 1/3" (coming up), MAINT, DRAIN, NOLB and what is not known
// do not. Pure. Remembers nothing: rise, fall and weights are the core's. HAProxy Management Guide, "CSV
// format" and "Unix Socket commands".
#pragma once

#include "health/haproxy_info.h"
#include "health/haproxy_stat.h"
#include "health/settings.h"

namespace baton::health {

struct HaproxyJudgement {
    bool ok{false};
    std::string detail; ///< for a person, never empty; holds texts of HAProxy as they came
    /// 0..1 of the backend's servers that are up; 0 when none can be reached through this HAProxy: stopping,
    /// or a frontend not open. Without a backend, 1 or 0 as ok.
    double share{0};

    friend bool operator==(const HaproxyJudgement&, const HaproxyJudgement&) = default;
};

[[nodiscard]] HaproxyJudgement judge(const HaproxySettings& settings, const HaproxyInfo& info,
                                     const HaproxyStat& stat);

} // namespace baton::health
