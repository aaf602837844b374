#include "netlink/routes.h"

#include "netlink/route_message.h"
#include "netlink/route_plan.h"
#include "netlink/words.h"

#include <cerrno>
#include <linux/rtnetlink.h>

namespace baton::netlink {

namespace {

std::string word_of(RouteType type) {
    switch (type) {
    case RouteType::unicast:
        break;
    case RouteType::blackhole:
        return "blackhole ";
    case RouteType::unreachable:
        return "unreachable ";
    case RouteType::prohibit:
        return "prohibit ";
    }
    return {};
}

// What ip-route(8) needs to find the one route that takes the place.
std::string place_of(const Route& route) {
    return route.destination.to_string() + " table " + std::to_string(route.table) + " metric " +
           std::to_string(route.metric);
}

std::string hint(const Route& route, int code) {
    if (code == ENETUNREACH && route.gateway)
        return "; no network that the host is on has the gateway " + route.gateway->to_string() +
               ": correct it, name the interface, or say that it is on the link (onlink)";
    if (code == EINVAL && route.source)
        return "; is " + route.source->to_string() +
               " an address of this host, confirmed and of this family?";
    if (code == ENETDOWN)
        return "; set the interface up";
    return {};
}

RouteFailure failure(const Route& route, const Refusal& refusal) {
    return {route, describe(route) + ": " + words(refusal) + hint(route, refusal.code)};
}

RouteFailure foreign(const Route& route) {
    return {route, describe(route) +
                       ": a route to there with this metric is in the table already and was not "
                       "put there by baton; remove it (ip route del " +
                       place_of(route) + ") and whatever configures it, or choose another metric"};
}

RouteFailure clash(const Route& route) {
    return {route, describe(route) + ": another virtual route has the same destination, table and metric"};
}

std::vector<RouteFailure> all_fail(std::span<const Route> routes, const Refusal& refusal) {
    std::vector<RouteFailure> failures;
    for (const Route& route : routes)
        failures.push_back(failure(route, refusal));
    return failures;
}

std::vector<Route> of_family(std::span<const Route> routes, Family family) {
    std::vector<Route> all;
    for (const Route& route : routes)
        if (route.destination.address.family() == family)
            all.push_back(normal(route));
    return all;
}

Result<std::vector<Route>, Refusal> read_all(Socket& socket, std::span<const Route> concerned) {
    std::vector<Route> all;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        if (of_family(concerned, family).empty())
            continue;
        const auto some = read_routes(socket, family);
        if (!some)
            return some.error();
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

std::vector<Route> all_normal(std::span<const Route> routes) {
    std::vector<Route> all;
    for (const Route& route : routes)
        all.push_back(normal(route));
    return all;
}

} // namespace

std::string describe(const Route& route) {
    std::string text = word_of(route.type) + route.destination.to_string();
    if (route.gateway)
        text += " via " + route.gateway->to_string();
    if (route.interface != IfIndex())
        text += " dev " + name_of(route.interface);
    if (route.source)
        text += " src " + route.source->to_string();
    if (route.metric != 0)
        text += " metric " + std::to_string(route.metric);
    if (route.table != main_table)
        text += " table " + std::to_string(route.table);
    if (route.onlink)
        text += " onlink";
    return text;
}

std::string describe(std::span<const RouteFailure> failures) {
    std::string text;
    for (const RouteFailure& each : failures)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

Result<std::vector<Route>, Refusal> read_routes(Socket& socket, Family family) {
    Message request = route_dump_request(family);
    const auto dumped = socket.dump(request);
    if (!dumped && (dumped.error().code == EAFNOSUPPORT || dumped.error().code == EOPNOTSUPP))
        return std::vector<Route>();
    if (!dumped)
        return dumped.error();
    std::vector<Route> routes;
    std::span<const std::uint8_t> rest = *dumped;
    while (const nlmsghdr* message = next_message(rest))
        for (const Route& route : parse_routes(*message))
            if (route.destination.address.family() == family)
                routes.push_back(route);
    return routes;
}

std::vector<RouteFailure> Routes::hold(std::span<const Route> routes) {
    last_added_ = 0;
    const auto ours = read_all(socket_, routes);
    if (!ours)
        return all_fail(routes, ours.error());
    const RouteHoldPlan plan = plan_hold(all_normal(routes), *ours);
    std::vector<Message> requests;
    for (const Route& route : plan.remove)
        requests.push_back(route_request(RTM_DELROUTE, 0, route));
    for (const Route& route : plan.add)
        requests.push_back(route_request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route));
    const auto answers = socket_.perform(requests);
    // What stands in the way and could not be removed shows again in what is added there.
    std::vector<RouteFailure> failures;
    for (std::size_t i = 0; i < plan.add.size(); ++i) {
        const auto& refused = answers[plan.remove.size() + i];
        if (refused)
            failures.push_back(refused->code == EEXIST ? foreign(plan.add[i])
                                                       : failure(plan.add[i], *refused));
    }
    last_added_ = plan.add.size() - failures.size();
    for (const Route& route : plan.clashing)
        failures.push_back(clash(route));
    return failures;
}

std::vector<RouteFailure> Routes::release(std::span<const Route> routes) {
    const auto ours = read_all(socket_, routes);
    if (!ours)
        return all_fail(routes, ours.error());
    return remove(plan_release(all_normal(routes), *ours));
}

std::vector<RouteFailure> Routes::sweep(std::span<const Route> keep) {
    std::vector<RouteFailure> failures;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        const auto ours = read_routes(socket_, family);
        if (ours) {
            const auto some = remove(plan_sweep(of_family(keep, family), *ours));
            failures.insert(failures.end(), some.begin(), some.end());
            continue;
        }
        Route everything;
        everything.destination = Prefix::parse(family == Family::ipv4 ? "0.0.0.0/0" : "::/0").value();
        failures.push_back({everything, "left-over routes of " +
                                            std::string(family == Family::ipv4 ? "IPv4" : "IPv6") + ": " +
                                            words(ours.error())});
    }
    return failures;
}

std::vector<RouteFailure> Routes::remove(std::span<const Route> routes) {
    std::vector<Message> requests;
    for (const Route& route : routes)
        requests.push_back(route_request(RTM_DELROUTE, 0, route));
    const auto answers = socket_.perform(requests);
    std::vector<RouteFailure> failures;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        // ESRCH: no such route any more; ENODEV: nor its interface.
        const bool gone = !answers[i] || answers[i]->code == ESRCH || answers[i]->code == ENODEV;
        if (!gone)
            failures.push_back(failure(routes[i], *answers[i]));
    }
    return failures;
}

} // namespace baton::netlink
