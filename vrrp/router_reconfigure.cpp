// A router whose settings change while it goes on (InstanceSettings::becomes): what must be set right for
// that.
//
// Most settings are looked at when they are needed, so there is nothing to do for them. Priority and tracks
// come with the next update(), as with each change of conditions.
#include "vrrp/router.h"

#include <utility>

namespace baton::vrrp {

void Router::give_up_addresses(const InstanceSettings& next, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    if (holding() || lets_go_just_now_ || timers_.release_again)
        holdings_.give_up(next, out);
}

void Router::inherit(Time now) {
    if (!holding())
        timers_.release_again = now;
}

/// What it had is kept a while, as effects of this event may borrow from it.
void Router::become(InstanceSettings next, Time now) {
    previous_ = std::exchange(settings_, std::move(next));
    previous_octets_ = std::exchange(octets_, wire_octets(settings_.addresses));
    gate_replaced_ = gate_replaced_ || (settings_.gate && previous_.gate &&
                                        settings_.gate->programs != previous_.gate->programs);
    if (holdings_.renew()) {
        to_hold_ = true;
        forget_claim();
    }
    if (settings_.advert_interval != previous_.advert_interval)
        interval_replaced(now);
    preempts_from_ += settings_.preempt_delay - previous_.preempt_delay;
    if (own_fault_) { // it may have been the settings' fault
        timers_.retry = now;
        retry_delay_ = first_retry;
    }
}

/// What it has already it keeps, and asks for again: that does no harm.
void Router::take_new_addresses(Time now, Effects& out) {
    if (!std::exchange(to_hold_, false) || !is_active() || holdings_.missing())
        return;
    holdings_.hold_in_place(out);
    announcement_.start(now);
    announce(out);
}

/// Backups time us by what our last advert said, so they hear of the change at once. A Backup goes on with
/// what it has learnt; if that is nothing, its timer begins anew rather than have run out.
void Router::interval_replaced(Time now) {
    if (is_active()) {
        timers_.adver = now;
        return;
    }
    if (active_router_ && settings_.version == Version::v3)
        return;
    active_adver_interval_ = settings_.advert_interval;
    if (timers_.active_down)
        arm_active_down(down_timer_, now);
}

void Router::announce_again(Effects& out) {
    if (is_active())
        announce(out);
}

} // namespace baton::vrrp
