// Every case of what is asked of the kernel for routes: what is desired, and what is there of ours.
#include "netlink/route_plan.h"

#include <doctest/doctest.h>
#include <ostream>
#include <vector>

using namespace baton;
using namespace baton::netlink;

namespace {

Route route(const char* destination, const char* gateway = nullptr, std::uint32_t metric = 0) {
    Route made;
    made.destination = Prefix::parse(destination).value();
    if (gateway != nullptr)
        made.gateway = IpAddress::parse(gateway);
    made.metric = metric;
    return normal(made);
}

// As the kernel tells it back, with the interface it has found.
Route held(Route route, unsigned interface = 7) {
    route.interface = IfIndex(interface);
    return route;
}

using List = std::vector<Route>;

} // namespace

TEST_CASE("normal: the kernel's own choices are filled in") {
    CHECK(route("10.0.1.77/24").destination.to_string() == "10.0.1.0/24");
    CHECK(route("10.0.1.77/9").destination.to_string() == "10.0.0.0/9");
    CHECK(route("10.0.1.77").destination.to_string() == "10.0.1.77/32");
    CHECK(route("fd00::1:77/112").destination.to_string() == "fd00::1:0/112");
    CHECK(route("fd00::77/0").destination.to_string() == "::/0");
    CHECK(route("10.0.1.0/24").metric == 0);
    CHECK(route("fd00::/64").metric == 1024);
    CHECK(route("fd00::/64", nullptr, 5).metric == 5);
    CHECK(route("10.0.1.0/24").scope == 253);
    CHECK(route("10.0.1.0/24", "10.0.2.1").scope == 0);
    Route made = route("10.0.1.0/24");
    made.scope = 254;
    made.table = 0;
    CHECK(normal(made).scope == 254);
    CHECK(normal(made).table == 254);
    made.scope.reset();
    made.type = RouteType::blackhole;
    CHECK(normal(made).scope == 0);
}

TEST_CASE("a route satisfies when it is the same, on any interface if none is asked for") {
    const Route wanted = route("10.0.2.0/24", "10.0.1.1");
    CHECK(satisfies(held(wanted), wanted));
    CHECK(satisfies(held(wanted, 7), held(wanted, 7)));
    CHECK_FALSE(satisfies(held(wanted, 8), held(wanted, 7)));
    CHECK_FALSE(satisfies(held(route("10.0.2.0/24", "10.0.1.2")), wanted));
    Route other = wanted;
    other.mtu = 1400;
    CHECK_FALSE(satisfies(held(other), wanted));
    Route hole = route("10.0.2.0/24");
    hole.type = RouteType::blackhole;
    CHECK(satisfies(hole, held(hole, 7)));
}

TEST_CASE("hold: adds what is missing, in order, and replaces ours that differs in the same place") {
    const Route a = route("10.0.2.0/24", "10.0.1.1");
    const Route b = route("10.0.3.0/24", "10.0.1.1");
    const Route moved = route("10.0.2.0/24", "10.0.1.2");
    const Route dearer = route("10.0.2.0/24", "10.0.1.2", 5);
    struct Row {
        const char* what;
        List desired;
        List ours;
        List remove;
        List add;
        List clashing;
    };
    const std::vector<Row> rows{
        {"nothing there", {b, a}, {}, {}, {b, a}, {}},
        {"nothing desired", {}, {held(a)}, {}, {}, {}},
        {"there already", {a}, {held(a)}, {}, {}, {}},
        {"in part", {a, b}, {held(b)}, {}, {a}, {}},
        {"another gateway", {moved}, {held(a)}, {held(a)}, {moved}, {}},
        {"another metric is another place", {dearer}, {held(a)}, {}, {dearer}, {}},
        {"the same twice", {a, a}, {}, {}, {a}, {}},
        {"two for one place", {a, moved}, {}, {}, {a}, {moved}},
        {"joined with another hop", {a}, {held(moved), held(a)}, {}, {}, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto plan = plan_hold(row.desired, row.ours);
        CHECK(plan.remove == row.remove);
        CHECK(plan.add == row.add);
        CHECK(plan.clashing == row.clashing);
    }
}

TEST_CASE("release: ours in the place, whatever its gateway, the last first") {
    const Route a = route("10.0.2.0/24", "10.0.1.1");
    const Route b = route("10.0.3.0/24", "10.0.1.1");
    const Route moved = route("10.0.2.0/24", "10.0.1.2");
    CHECK(plan_release(List{a, b}, List{held(a), held(b)}) == List{held(b), held(a)});
    CHECK(plan_release(List{a}, List{held(moved), held(b)}) == List{held(moved)});
    CHECK(plan_release(List{a}, List{held(b)}).empty());
    Route elsewhere = a;
    elsewhere.table = 100;
    CHECK(plan_release(List{a}, List{held(elsewhere)}).empty());
}

TEST_CASE("sweep: all of ours goes but what is to be kept just so") {
    const Route a = route("10.0.2.0/24", "10.0.1.1");
    const Route b = route("fd00:3::/64", "fd00:1::1");
    const Route moved = route("10.0.2.0/24", "10.0.1.2");
    CHECK(plan_sweep(List{a}, List{held(a), held(b)}) == List{held(b)});
    CHECK(plan_sweep(List{moved}, List{held(a), held(b)}) == List{held(b), held(a)});
    CHECK(plan_sweep(List{}, List{}).empty());
}
