#include "netlink/route_plan.h"

#include <algorithm>

namespace baton::netlink {

namespace {

template <class Predicate>
std::vector<Route> last_first(std::span<const Route> ours, Predicate unwanted) {
    std::vector<Route> found;
    std::copy_if(ours.rbegin(), ours.rend(), std::back_inserter(found), unwanted);
    return found;
}

bool any_satisfies(std::span<const Route> held, const Route& wanted) {
    return std::any_of(held.begin(), held.end(), [&](const Route& each) { return satisfies(each, wanted); });
}

} // namespace

RouteHoldPlan plan_hold(std::span<const Route> desired, std::span<const Route> ours) {
    RouteHoldPlan plan;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const Route& route = desired[i];
        const auto here = [&](const Route& each) { return same_place(each, route); };
        const auto before = desired.first(i);
        if (const auto taken = std::find_if(before.begin(), before.end(), here); taken != before.end()) {
            if (*taken != route)
                plan.clashing.push_back(route);
            continue;
        }
        if (any_satisfies(ours, route))
            continue;
        std::copy_if(ours.begin(), ours.end(), std::back_inserter(plan.remove), here);
        plan.add.push_back(route);
    }
    return plan;
}

std::vector<Route> plan_release(std::span<const Route> unwanted, std::span<const Route> ours) {
    return last_first(ours, [&](const Route& held) {
        return std::any_of(unwanted.begin(), unwanted.end(),
                           [&](const Route& route) { return same_place(held, route); });
    });
}

std::vector<Route> plan_sweep(std::span<const Route> keep, std::span<const Route> ours) {
    return last_first(ours, [&](const Route& held) {
        return std::none_of(keep.begin(), keep.end(),
                            [&](const Route& route) { return satisfies(held, route); });
    });
}

} // namespace baton::netlink
