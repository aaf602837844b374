// What must be asked of the kernel so that it has the routes it should: desired - ours = requests.
//
// Pure. Sees only routes that carry our mark: those of others are the kernel's to protect (route_message.h).
// All routes given must be normal (route.h).
#pragma once

#include "netlink/route.h"

#include <span>
#include <vector>

namespace baton::netlink {

struct RouteHoldPlan {
    std::vector<Route> remove;   ///< ours, in the place of another that is desired now
    std::vector<Route> add;      ///< in the order desired: a gateway may be reached by the route before
    std::vector<Route> clashing; ///< desired, but another desired one has taken the place
};

[[nodiscard]] RouteHoldPlan plan_hold(std::span<const Route> desired, std::span<const Route> ours);

/// Those of ours that are in the places of `unwanted`, the last first.
[[nodiscard]] std::vector<Route> plan_release(std::span<const Route> unwanted, std::span<const Route> ours);

/// All of ours but `keep`, the last first.
[[nodiscard]] std::vector<Route> plan_sweep(std::span<const Route> keep, std::span<const Route> ours);

} // namespace baton::netlink
