// The gate before Active: hooks of the operator's that must succeed before the addresses are taken
// (decision 027).
//
// When the Active_Down_Timer fires, the router asks for its gate, and stays Backup until the answer comes: it
// sends nothing, so whoever is next in line takes over meanwhile as if this one were not there. Whoever it
// yields to before it is through closes the gate again, and what the hooks did is undone by those of Backup.
#include "vrrp/router.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

constexpr Duration longest_wait = std::chrono::seconds(60);

} // namespace

bool Router::is_due(Time now) const { return timers_.active_down && *timers_.active_down <= now; }

void Router::ask_gate(Effects& out) {
    if (gate_ != Gate::closed || !settings_.gate || state_ != State::backup)
        return;
    gate_ = Gate::running;
    out.emplace_back(RunGate{id_});
}

bool Router::gate_is_open() const { return !settings_.gate || gate_ == Gate::open; }

/// Its timer has fired; when it goes on is up to the gate.
void Router::wait_at_gate(Effects& out) {
    ask_gate(out);
    at_gate_ = true;
    timers_.active_down.reset();
}

/// All that it waited for is there: it takes over with the next Elapsed, or, where its priority has become
/// lower meanwhile, when its timer would have fired with that.
void Router::pass_gate(Time now) {
    if (!std::exchange(at_gate_, false))
        return;
    adjust_active_down();
    timers_.active_down = std::max(*timers_.active_down, now);
}

/// What the gate was for is not to be.
void Router::close_gate(Effects& out) {
    at_gate_ = false;
    if (std::exchange(gate_, Gate::closed) != Gate::closed)
        out.emplace_back(DropGate{id_});
}

void Router::gate_finished(const HookFinished& finished, Time now, Effects& out) {
    if (gate_ != Gate::running)
        return; // of a gate that was closed meanwhile
    if (finished.ok) {
        gate_ = Gate::open;
        return;
    }
    const Fault fault{Fault::Kind::gate_failed, finished.why};
    gate_ = Gate::closed;
    if (settings_.gate->on_failure == GateFailure::fault) {
        at_gate_ = false;
        fail_with(fault, now, out);
        return;
    }
    out.emplace_back(DropGate{id_}); // whatever it has done by then
    retry_gate_later(now);
    reason_ = because(Reason::Code::gate_failed);
    reason_.subject = finished.why;
}

/// The gate of another member of its group was not passed: the group tries again together.
void Router::give_way(Time now, Effects& out) {
    if (!at_gate_)
        return;
    close_gate(out);
    retry_gate_later(now);
}

/// As Backup, and not before an Active_Down_Interval, so that the next in line can take over.
void Router::retry_gate_later(Time now) {
    arm_active_down(DownTimer::full, now);
    if (timers_.active_down)
        timers_.active_down = std::max(*timers_.active_down, now + retry_delay_);
    retry_delay_ = std::min(2 * retry_delay_, longest_wait);
}

/// Other settings may know of no gate, or of another one: that is passed anew, where it was before or was
/// about to be.
void Router::follow_gate_settings(Time now, Effects& out) {
    const bool replaced = std::exchange(gate_replaced_, false);
    if (gate_ == Gate::closed || (settings_.gate && !replaced))
        return;
    if (settings_.gate) {
        gate_ = Gate::closed;
        out.emplace_back(DropGate{id_});
        return ask_gate(out);
    }
    const bool waited = at_gate_;
    close_gate(out);
    if (waited)
        timers_.active_down = now;
}

} // namespace baton::vrrp
