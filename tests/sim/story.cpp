// After mending, how long may it take until exactly one router is Active? With I the longest advert interval
// of the run and D the longest delay of the wire (D < I), counted from the moment S when all is mended and
// the last retry of a fault of the kernel's making is over:
//
//  1. Until S + D adverts sent before S may still arrive, and restart a timer.
//  2. A Backup that hears nothing authoritative becomes Active within Active_Down_Interval = 3 I + Skew_Time,
//  and
//     Skew_Time < I (RFC 9568 section 6.1). So by S + D + 4 I somebody is Active. From then on the best
//     Active (priority, then address) only ever yields to a better one, so there always is one.
//  3. A Backup that preempts and has more priority than the best Active is restarted by nobody below it: it
//  is
//     Active by the same S + D + 4 I, or 4 I after its last superior was heard, who yielded to somebody
//     better still.
//  4. An Active router's advert reaches all others every I + D: those it outranks yield, Backups restart.
//     So by S + D + 4 I + (I + D) one is left, if all have the same interval.
//  5. With different intervals a Backup may have learnt the short interval of a router that has just yielded
//  to
//     a slow one, and fire once more before the slow one's next advert (within 4 I + D). It is answered at
//     once or at the next advert, within I + D, and that settles it.
//
//  6. A sync group may wait for the last timer of its members, and after it yielded for an
//     Active_Down_Interval more (vrrp/sync_groups.h, rules 3 and 5), and then what was said above begins
//     anew: 4 I + 4 I + (5 I + 2 D) more.
//
//  7. Who has a gate takes over G later, the longest that a gate takes; each of the waits of 2 to 6 may end
//  at
//     one: 4 G.
//
// Timers are looked at up to L late, once in each phase: 3 L.
#include "tests/sim/story.h"

#include "tests/sim/cast.h"
#include "tests/sim/trace.h"
#include "tests/sim/trouble.h"

#include <algorithm>

namespace baton::sim {
namespace {

/// The longest and the shortest interval of a run.
struct Intervals {
    Duration shortest{Duration::max()};
    Duration longest{};
};

Intervals intervals_of(const Lan& lan) {
    Intervals intervals;
    for (const auto& host : lan.hosts())
        for (const auto& instance : host->settings().instances) {
            intervals.longest = std::max(intervals.longest, instance.advert_interval);
            intervals.shortest = std::min(intervals.shortest, instance.advert_interval);
        }
    return intervals;
}

Duration settling_bound(const Lan& lan) {
    const auto [shortest, longest] = intervals_of(lan);
    auto bound = 5 * longest + 2 * lan.wire.max_delay;
    if (shortest != longest)
        bound += 5 * longest + 2 * lan.wire.max_delay;
    if (!lan.hosts().front()->settings().sync_groups.empty())
        bound += 13 * longest + 2 * lan.wire.max_delay;
    const auto bound_before_gates = bound;
    for (const auto& host : lan.hosts())
        bound = std::max(bound, bound_before_gates + 4 * host->gates().longest);
    return bound + 3 * lan.wire.max_lateness;
}

/// When the last retry of a fault of the kernel's making is over: S.
Time retries_over(const Lan& lan) {
    auto over = lan.now();
    for (const auto& host : lan.hosts())
        for (std::size_t i = 0; host->running() && i < host->settings().instances.size(); ++i)
            over = std::max(over, host->watch().retry_over(i));
    return over;
}

void boot_all(Lan& lan) {
    const auto longest = intervals_of(lan).longest;
    for (const auto& host : lan.hosts()) {
        const auto delay =
            lan.random().chance(30) ? Duration{} : lan.random().between(Duration{}, 6 * longest);
        lan.at(lan.now() + delay, [host = host.get()] { host->boot(); });
        if (host->settings().checks.empty())
            continue;
        lan.at(lan.now() + delay + lan.random().between(Duration{}, longest),
               [host = host.get(), ok = lan.random().chance(80)] { host->probe(vrrp::CheckId{0}, ok); });
    }
}

/// A member of a sync group may have to wait for another member.
bool moves_freely(const Host& host) { return host.settings().sync_groups.empty(); }

[[noreturn]] void unsettled(const Lan& lan, std::size_t instance, const std::string& what) {
    std::string states;
    for (const auto& host : lan.hosts())
        if (host->running())
            states += " " + host->name() + "=" + to_string(host->watch().state(instance));
    throw Violation(what + ";" + states);
}

/// Exactly one Active, all others Backup, and nobody left who must have preempted it.
void check_settled(const Lan& lan, std::size_t instance) {
    const Host* active = nullptr;
    std::size_t running = 0;
    for (const auto& host : lan.hosts()) {
        if (!host->running())
            continue;
        ++running;
        const auto state = host->watch().state(instance);
        if (state == vrrp::State::active && active)
            unsettled(lan, instance, "two routers are Active");
        if (state == vrrp::State::active)
            active = host.get();
        else if (state != vrrp::State::backup)
            unsettled(lan, instance, "a healthy router takes no part");
    }
    if (running == 0)
        return;
    if (!active)
        unsettled(lan, instance, "nobody is Active");
    for (const auto& host : lan.hosts()) {
        if (!host->running() || host.get() == active)
            continue;
        const auto& settings = host->settings().instances[instance];
        const bool preempts = settings.preempt || settings.priority == vrrp::owner;
        if (preempts && moves_freely(*host) &&
            host->watch().priority(instance) > active->watch().priority(instance))
            unsettled(lan, instance, host->name() + " should have preempted " + active->name());
    }
}

/// A sync group is on one host as a whole.
void check_together(const Lan& lan) {
    for (const auto& host : lan.hosts())
        if (host->running() && !host->settings().sync_groups.empty() &&
            host->watch().state(0) != host->watch().state(1))
            throw Violation(host->name() + ": the members of a sync group are in different states");
}

void check_quiet_since(const Lan& lan, Time settled) {
    for (const auto& host : lan.hosts())
        if (host->running() && host->watch().last_transition() > settled)
            throw Violation(host->name() + " changed state again at " +
                            format_time(host->watch().last_transition()) + ", after all had settled at " +
                            format_time(settled));
}

} // namespace

StoryResult run_story(std::uint64_t seed, TraceSink sink) {
    Lan lan(seed, std::move(sink));
    draw_cast(lan);
    const auto longest = intervals_of(lan).longest;
    boot_all(lan);
    const auto trouble_ends = lan.now() + 25 * longest;
    Trouble trouble(lan);
    trouble.plan(trouble_ends);
    lan.run_until(trouble_ends);
    trouble.mend();
    lan.run_until(retries_over(lan) + settling_bound(lan));
    const auto settled = lan.now();
    const auto instances = lan.hosts().front()->settings().instances.size();
    for (std::size_t i = 0; i < instances; ++i)
        check_settled(lan, i);
    lan.run_until(settled + 6 * longest);
    for (std::size_t i = 0; i < instances; ++i)
        check_settled(lan, i);
    check_together(lan);
    check_quiet_since(lan, settled);
    std::uint64_t takeovers = 0;
    for (const auto& host : lan.hosts())
        takeovers += host->takeovers();
    return {takeovers, lan.now() - Time{}};
}

} // namespace baton::sim
