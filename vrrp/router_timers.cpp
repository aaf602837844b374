// A router's timers: how long they run (RFC 9568 section 6.1), and which is next.
#include "vrrp/router.h"
#include "vrrp/timing.h"

namespace baton::vrrp {
namespace {

/// The least important router that may succeed us has the longest Skew_Time (decision 006).
constexpr Priority least_priority{1};

} // namespace

void Router::arm_active_down(DownTimer kind, Time now) {
    down_timer_ = kind;
    down_timer_started_ = now;
    at_gate_ = false;
    timers_.active_down.reset();
    if (!release_) // else it takes no part in the election
        timers_.active_down = now + down_duration();
}

/// The RFC has no rule for a Backup whose priority changes: the timer keeps its start, not its length.
void Router::adjust_active_down() {
    if (down_timer_ == DownTimer::lowered && active_router_->priority >= conditions_.priority)
        down_timer_ = DownTimer::heard; // not below us any more
    timers_.active_down = down_timer_started_ + down_duration();
}

Duration Router::down_duration() const {
    const auto priority = conditions_.priority;
    switch (down_timer_) {
    case DownTimer::full:
    case DownTimer::heard:
        return active_down_interval(priority, active_adver_interval_, settings_.version);
    case DownTimer::skew:
    case DownTimer::lowered:
        return skew(priority);
    case DownTimer::at_once:
        return Duration::zero();
    case DownTimer::rejoin:
        break;
    }
    return active_adver_interval_ + skew(priority);
}

Duration Router::skew(Priority priority) const {
    return skew_time(priority, active_adver_interval_, settings_.version);
}

/// A peer may have a gate as well; until it is passed, the addresses are answered for here.
Duration Router::handover_limit() const {
    const auto gate = settings_.gate ? settings_.gate->longest : Duration::zero();
    return 2 * skew_time(least_priority, settings_.advert_interval, settings_.version) + gate;
}

std::optional<Time> Router::deadline() const {
    std::optional<Time> earliest;
    for (const auto& timer : {timers_.adver, timers_.active_down, timers_.let_go, timers_.resume,
                              timers_.retry, timers_.release_again, announcement_.deadline()})
        if (timer && (!earliest || *timer < *earliest))
            earliest = timer;
    return earliest;
}

} // namespace baton::vrrp
