#include "daemon/kernel_routes.h"

#include "daemon/summed_up.h"

#include <net/if.h>
#include <utility>

namespace baton::daemon {
namespace {

/// The routes with the numbers that their interfaces have now; an error names one that is not there.
Result<std::vector<netlink::Route>, Error> numbered(const std::vector<config::VirtualRoute>& routes) {
    std::vector<netlink::Route> all;
    for (const auto& [route, interface] : routes) {
        all.push_back(route);
        if (interface.empty())
            continue;
        all.back().interface = IfIndex{if_nametoindex(interface.c_str())};
        if (all.back().interface == IfIndex{})
            return Error{netlink::describe(route) + ": there is no interface " + interface};
    }
    return all;
}

} // namespace

Result<std::size_t, Error> KernelRoutes::hold(const config::HostSettings& settings) {
    const auto routes = numbered(settings.routes);
    if (!routes)
        return routes.error();
    if (const auto held = summed_up(rules_.hold(settings.rules)); !held)
        return held.error();
    if (const auto held = summed_up(routes_.hold(*routes)); !held)
        return held.error();
    return rules_.last_added() + routes_.last_added();
}

/// A route whose interface is gone went with it, and is found by its place anyway.
Result<void, Error> KernelRoutes::release(const config::HostSettings& settings) {
    std::vector<netlink::Route> routes;
    for (const auto& [route, interface] : settings.routes)
        routes.push_back(route);
    const auto without_routes = summed_up(routes_.release(routes));
    const auto without_rules = summed_up(rules_.release(settings.rules));
    return without_routes ? without_rules : without_routes;
}

Result<void, Error> KernelRoutes::sweep() {
    const auto without_routes = summed_up(routes_.sweep({}));
    const auto without_rules = summed_up(rules_.sweep({}));
    return without_routes ? without_rules : without_routes;
}

} // namespace baton::daemon
