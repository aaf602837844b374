// A router as a member of a sync group: it follows the others (vrrp/sync_groups.h has the rules).
#include "vrrp/router.h"
#include "vrrp/timing.h"

namespace baton::vrrp {

void Router::follow_to_active(const std::string& leader, Time now, Effects& out) {
    if (state_ != State::backup || release_)
        return;
    Reason reason;
    reason.code = Reason::Code::group_took_over;
    reason.subject = leader;
    become_active(std::move(reason), now, out);
}

/// As RFC 9568 has it for a Shutdown: priority 0, so that the peer's members need not wait.
void Router::follow_to_backup(const std::string& leader, Time now, Effects& out) {
    let_go_if_stalled(now, out);
    if (state_ != State::active || handing_over())
        return;
    send_advert(resigning, out);
    Reason reason;
    reason.code = Reason::Code::group_yielded;
    reason.subject = leader;
    active_adver_interval_ = settings_.advert_interval; // whose adverts come next is not known yet
    become_backup(std::move(reason), now, out);
    arm_active_down(DownTimer::full, now);
}

void Router::put_off_takeover(Time now, Time until) {
    if (timers_.active_down && *timers_.active_down <= now)
        timers_.active_down = until;
}

std::optional<Duration> Router::pause_after(const Transitioned& transition) const {
    const auto code = transition.reason.code;
    const bool yielded = code == Reason::Code::higher_priority || code == Reason::Code::tie_lost;
    if (!yielded || !conditions_.primary || *conditions_.primary > transition.reason.peer)
        return std::nullopt;
    return active_down_interval(conditions_.priority, active_adver_interval_, settings_.version);
}

std::optional<Time> Router::yields_until() const {
    const bool may_be_heard = down_timer_ == DownTimer::heard || down_timer_ == DownTimer::rejoin;
    if (state_ != State::backup || !may_be_heard)
        return std::nullopt;
    return timers_.active_down;
}

/// Asked often: without a fault it costs nothing.
std::vector<Fault> Router::faults_of_its_own() const {
    if (!running_ || (can_send() && !own_fault_ && conditions_.faults.empty()))
        return {};
    auto own = faults();
    std::erase_if(own, [](const Fault& fault) { return fault.kind == Fault::Kind::group_member; });
    return own;
}

void Router::share_fault(std::optional<Fault> fault, Time now, Effects& out) {
    if (fault == group_fault_)
        return;
    let_go_if_stalled(now, out);
    group_fault_ = std::move(fault);
    evaluate(now, out);
}

} // namespace baton::vrrp
