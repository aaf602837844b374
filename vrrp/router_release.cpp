// A router that is released by hand: it hands over as at a Shutdown, and then stands aside: Backup, but out
// of the election, until its time is over or somebody resumes it (decision 026).
//
// Backups are silent, so nobody can know beforehand whether there is one that would take over. The handover
// itself is the question: the addresses stay until a successor is heard, and when none is, the router takes
// up its adverts again as if nothing had been (unless it was released by force).
#include "vrrp/router.h"

#include <utility>

namespace baton::vrrp {

void Router::hand_over(Handover why, Time now, Effects& out) {
    handover_ = why;
    announcement_.cancel();
    timers_.adver.reset();
    timers_.let_go = now + handover_limit();
    send_advert(resigning, out);
}

/// To a successor that was heard (the reason's peer), or to nobody.
void Router::end_handover(Reason reason, Time now, Effects& out) {
    if (handover_ == Handover::shutdown) {
        finish_shutdown(std::move(reason), now, out);
        return;
    }
    handover_ = Handover::none;
    timers_.let_go.reset();
    active_router_.reset();
    active_adver_interval_ = settings_.advert_interval;
    become_backup(std::move(reason), now, out);
    evaluate(now, out); // what came in its way meanwhile was of no account
}

/// The end of a handover that came without a successor.
void Router::handover_unanswered(Time now, Effects& out) {
    if (handover_ == Handover::release && !release_->force) {
        out.emplace_back(ReleaseRefused{id_, handover_limit()});
        take_back(now, out);
        return;
    }
    auto reason = because(handover_ == Handover::release ? Reason::Code::released : Reason::Code::shutdown);
    reason.interval = handover_limit();
    end_handover(std::move(reason), now, out);
}

/// Nobody has taken what it never let go of: it goes on where it was.
void Router::take_back(Time now, Effects& out) {
    handover_ = Handover::none;
    release_.reset();
    timers_.let_go.reset();
    timers_.resume.reset();
    timers_.adver = now + settings_.advert_interval;
    holdings_.hold_in_place(out); // what somebody deleted meanwhile was not put back
    send_advert(conditions_.priority, out);
    announcement_.start(now);
    announce(out);
    evaluate(now, out); // what stood in its way meanwhile was of no account
}

void Router::release(const Release& release, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    release_ = release;
    timers_.resume = release.until;
    if (handing_over())
        return;
    if (is_active()) {
        hand_over(Handover::release, now, out);
        return;
    }
    timers_.active_down.reset();
    close_gate(out);
    if (state_ == State::backup)
        reason_ = because(Reason::Code::released);
}

void Router::keep_released(const Release& release) {
    release_ = release;
    timers_.resume = release.until;
}

void Router::resume(Time now, Effects& out) {
    if (!release_)
        return;
    if (handover_ == Handover::release) {
        take_back(now, out);
        return;
    }
    release_.reset();
    timers_.resume.reset();
    if (!running_ || state_ != State::backup)
        return;
    preempts_from_ = now + settings_.preempt_delay;
    if (conditions_.priority == owner) {
        begin_as_owner(now, out);
        return;
    }
    arm_active_down(active_router_ ? DownTimer::heard : DownTimer::full, now);
    reason_ = because(Reason::Code::resumed);
}

/// All members of a group go, or none: one of them has found its successor.
void Router::force_release() {
    if (release_)
        release_->force = true;
}

} // namespace baton::vrrp
