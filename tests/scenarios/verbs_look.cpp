#include "base/duration.h"
#include "tests/scenarios/verbs.h"
#include "tests/sim/trace.h"

namespace baton::scenarios {
namespace {

std::string status_line(const vrrp::InstanceView& view) {
    auto line = "is " + std::string(to_string(view.state)) + (view.handing_over ? " (handing over)" : "") +
                ", priority " + std::to_string(view.effective_priority.value) + ", learnt interval " +
                format_duration(view.active_adver_interval);
    if (view.active_router)
        line += std::string(view.preempted_heard ? ", preempting " : ", active router ") +
                view.active_router->to_string();
    if (view.active_router_priority)
        line += " with priority " + std::to_string(view.active_router_priority->value);
    if (view.deadline)
        line += ", Active_Down_Timer ends at " + sim::format_time(*view.deadline);
    for (const auto& fault : view.faults)
        line += ", fault: " + fault.text;
    return line + "; " + view.reason;
}

void status(World& world, Words& words) {
    const auto& host = world.host(words.take("a node"));
    if (!host.running())
        return world.print(host.name(), "is not running");
    world.print(host.name(), status_line(host.node().snapshot(world.lan().now()).instances.front()));
}

/// counter A NAME: of the instance, or else of the host.
void counters(World& world, Words& words) {
    const auto& host = world.host(words.take("a node"));
    const auto snapshot = host.node().snapshot(world.lan().now());
    const auto wanted = words.take("a counter");
    for (const auto* list : {&snapshot.instances.front().counters, &snapshot.counters})
        for (const auto& [name, count] : *list)
            if (name == wanted && (count != 0 || list == &snapshot.counters))
                return world.print(host.name(), "counts " + name + " " + std::to_string(count));
    world.print(host.name(), "counts " + wanted + " 0");
}

} // namespace

void add_look_verbs(Verbs& verbs) {
    verbs["status"] = status;
    verbs["counter"] = counters;
    verbs["hide"] = [](World& world, Words& words) { world.hide(words.take("adverts or announcements")); };
    verbs["show"] = [](World& world, Words& words) { world.show(words.take("adverts or announcements")); };
}

} // namespace baton::scenarios
