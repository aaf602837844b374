// Puts virtual routes into the kernel's tables and takes them out again, and says what the kernel answered.
//
// When hold() answers no failure, every route is there: the kernel has acknowledged it. Each call reads our
// routes, decides (route_plan.h) and sends its requests as one batch; it remembers nothing about them. What
// it adds carries our mark (route_message.h); what does not is never touched. A route goes with its
// interface: when that is set down or removed, the kernel drops the route, and hold() puts it back.
#pragma once

#include "netlink/route.h"
#include "netlink/socket.h"

#include <span>
#include <string>
#include <vector>

namespace baton::netlink {

/// One route for which the kernel's answer was no.
struct RouteFailure {
    Route route;
    std::string text; ///< "192.0.2.0/24 via 10.0.1.9 dev eth0: Network is unreachable ..."
};

/// In the words of ip-route(8); interfaces by name.
[[nodiscard]] std::string describe(const Route& route);

/// All of them in one line.
[[nodiscard]] std::string describe(std::span<const RouteFailure> failures);

/// Those that carry our mark, of one family in all tables, normal. None where the kernel lacks the family.
[[nodiscard]] Result<std::vector<Route>, Refusal> read_routes(Socket& socket, Family family);

class Routes {
public:
    /// `socket` must outlive this.
    explicit Routes(Socket& socket) : socket_(socket) {}

    /// Puts them there, in this order; those that are there with our mark already are fine, and one of ours
    /// that differs from the desired in the same place (destination, table, metric) gives way. One there
    /// without our mark is a failure and stays. When the kernel refuses one, the others may stand: release()
    /// them.
    [[nodiscard]] std::vector<RouteFailure> hold(std::span<const Route> routes);

    /// Takes those out that carry our mark, whatever their gateway is now, the last first. What is gone
    /// already is fine.
    [[nodiscard]] std::vector<RouteFailure> release(std::span<const Route> routes);

    /// Takes everything out that carries our mark, but `keep`: for left-overs of a run that was killed. Where
    /// a table cannot be read, the failure names the default route of its family.
    [[nodiscard]] std::vector<RouteFailure> sweep(std::span<const Route> keep);

    /// How many the last hold() had to add, and did.
    [[nodiscard]] std::size_t last_added() const { return last_added_; }

private:
    [[nodiscard]] std::vector<RouteFailure> remove(std::span<const Route> routes);

    Socket& socket_;
    std::size_t last_added_{0};
};

} // namespace baton::netlink
