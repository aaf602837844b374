// A router as values to look at.
#include "vrrp/router.h"

namespace baton::vrrp {
namespace {

std::vector<std::pair<std::string, std::uint64_t>> list(const Counters& counters) {
    std::vector<std::pair<std::string, std::uint64_t>> all{
        {"became_active", counters.became_active},
        {"adverts_sent", counters.adverts_sent},
        {"adverts_received", counters.adverts_received},
        {"priority_zero_sent", counters.priority_zero_sent},
        {"priority_zero_received", counters.priority_zero_received},
        {"checksum_message_only", counters.checksum_message_only},
        {"checksum_pseudo_header", counters.checksum_pseudo_header},
        {"checksum_group_pseudo_header", counters.checksum_group_pseudo_header},
        {"interval_mismatch", counters.interval_mismatch},
        {"address_list_mismatch", counters.address_list_mismatch},
        {"conflicts", counters.conflicts},
        {"address_claims", counters.address_claims},
        {"answers_suppressed", counters.answers_suppressed},
        {"address_repairs", counters.address_repairs},
        {"stalls", counters.stalls},
        {"late_takeovers", counters.late_takeovers},
        {"announcements", counters.announcements},
        {"send_errors", counters.send_errors},
        {"hold_errors", counters.hold_errors},
        {"release_errors", counters.release_errors},
        {"announce_errors", counters.announce_errors},
    };
    counters.rejected.list(all);
    return all;
}

} // namespace

std::optional<RefusedView> Router::last_refused() const {
    if (!last_refused_)
        return std::nullopt;
    const auto& [reason, source, at] = *last_refused_;
    return RefusedView{to_string(reason), describe(reason), source, at};
}

/// A Backup that has no timer to run out, for it stands aside or is at its gate, and has heard nobody for as
/// long.
bool Router::hears_nobody(Time now) const {
    return state_ == State::backup && !timers_.active_down && now >= down_timer_started_ + down_duration();
}

InstanceView Router::view(Time now) const {
    InstanceView view;
    view.id = id_;
    view.name = settings_.name;
    view.state = state_;
    view.handing_over = handing_over();
    view.released = stands_aside();
    view.releasing = handover_ == Handover::release;
    if (release_)
        view.release_until = release_->until;
    view.gate_running = gate_ == Gate::running;
    view.since = since_;
    view.reason_code = to_string(reason_.code);
    view.reason = describe(reason_);
    view.interface = settings_.interface;
    view.vrid = settings_.vrid;
    view.family = settings_.family();
    view.vrrp_version = static_cast<int>(settings_.version);
    view.preempt = settings_.preempt;
    view.configured_priority = settings_.priority;
    view.effective_priority = conditions_.priority;
    view.advert_interval = settings_.advert_interval;
    view.active_adver_interval = active_adver_interval_;
    view.primary_address = conditions_.primary;
    view.deadline = timers_.active_down;
    if (state_ == State::backup && settings_.preempt && settings_.preempt_delay != Duration::zero())
        view.preempts_from = preempts_from_;
    view.addresses = settings_.addresses;
    view.excluded = settings_.excluded;
    view.has_routes = settings_.routing.any;
    view.addresses_held = holding();
    if (state_ == State::active) {
        view.active_router = conditions_.primary;
        view.active_router_priority = handing_over() ? resigning : conditions_.priority;
        if (rival_)
            view.rival =
                RivalView{rival_->peer.address, rival_->peer.priority, rival_->heard, rival_->silent};
    } else if (preempted_) {
        view.active_router = preempted_->peer.address;
        view.active_router_priority = preempted_->peer.priority;
        view.preempted_heard = preempted_->heard;
    } else if (active_router_ && !hears_nobody(now)) {
        view.active_router = active_router_->address;
        view.active_router_priority = active_router_->priority;
    }
    view.foreign = conditions_.foreign;
    if (running_)
        for (const auto& fault : faults())
            view.faults.push_back({to_string(fault.kind), describe(fault)});
    view.last_refused = last_refused();
    if (last_claim_)
        view.last_claim = ClaimView{last_claim_->address, last_claim_->mac, last_claim_->at};
    view.counters = list(counters_);
    return view;
}

} // namespace baton::vrrp
