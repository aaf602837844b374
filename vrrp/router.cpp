// The transitions of a router. T1..T15 are the rows of docs/state-machine.md, after RFC 9568 section 6.4.
#include "vrrp/router.h"

#include "vrrp/timing.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

/// Of an advert with so many addresses, from the IP header on.
std::size_t advert_packet_size(const InstanceSettings& instance, std::size_t addresses) {
    const std::size_t ip_header = instance.family() == Family::ipv4 ? 20 : 40;
    return ip_header + header_size + addresses * address_size(instance.family()) +
           (instance.version == Version::v2 ? authentication_size : 0) + (instance.signs ? trailer_size : 0);
}

} // namespace

Router::Router(InstanceId id, InstanceSettings settings, Time now)
    : id_(id), settings_(std::move(settings)), octets_(wire_octets(settings_.addresses)),
      holdings_(id, settings_), since_(now), active_adver_interval_(settings_.advert_interval),
      announcement_(settings_.announce), retry_delay_(first_retry) {
    conditions_.priority = settings_.priority;
}

std::vector<std::uint8_t> Router::wire_octets(const std::vector<Prefix>& addresses) {
    std::vector<std::uint8_t> octets;
    for (const auto& prefix : addresses) {
        const auto bytes = prefix.address.bytes();
        octets.insert(octets.end(), bytes.begin(), bytes.end());
    }
    return octets;
}

void Router::delay_startup(Duration delay) {
    reason_ = because(Reason::Code::startup_delay);
    reason_.interval = delay;
}

void Router::startup(Time now, Effects& out) {
    running_ = true;
    evaluate(now, out);
}

/// T4, T5, T10. An Active router resigns at once but keeps answering until its successor is heard.
void Router::shutdown(Time now, Effects& out) {
    if (!running_)
        return;
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    if (handover_ == Handover::release) { // goes on, to another end
        handover_ = Handover::shutdown;
        return;
    }
    if (!is_active()) { // or told twice: lets go at once
        finish_shutdown(because(Reason::Code::shutdown), now, out);
        return;
    }
    hand_over(Handover::shutdown, now, out);
}

void Router::finish_shutdown(Reason reason, Time now, Effects& out) {
    const bool held = holding();
    running_ = false;
    handover_ = Handover::none;
    const auto release_again = timers_.release_again; // what is left on the host is ours to remove
    timers_ = {};
    timers_.release_again = release_again;
    own_fault_.reset();
    close_gate(out);
    if (held)
        withdraw(out);
    if (state_ != State::initialize)
        move_to(State::initialize, std::move(reason), now, out);
    else
        reason_ = std::move(reason);
}

void Router::update(Conditions conditions, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    holdings_.place(conditions.holders, holding(), out);
    const auto earlier = std::exchange(conditions_, std::move(conditions));
    const auto before = earlier.priority;
    const bool priority_changed = conditions_.priority != before;
    tell_of_foreign(earlier.foreign, now, out);
    if (priority_changed && state_ != State::initialize)
        out.emplace_back(PriorityChanged{id_, before, conditions_.priority});
    if (priority_changed && timers_.active_down)
        adjust_active_down();
    take_new_addresses(now, out);
    follow_gate_settings(now, out);
    evaluate(now, out);
    if (priority_changed && is_active() && settings_.prompt_takeover)
        tell_priority(now, out); // a Backup may be better by now, or no longer
}

/// Brings the state in line with what stands in the way: faults first, then what is still unknown.
void Router::evaluate(Time now, Effects& out) {
    if (!running_)
        return;
    const auto present = faults();
    if (handing_over()) {
        if (can_send() && !holdings_.nowhere())
            return;
        // Without a link no successor will be heard on it.
        const bool stops = handover_ == Handover::shutdown;
        end_handover(because(stops ? Reason::Code::shutdown : Reason::Code::released), now, out);
        return;
    }
    if (state_ == State::initialize && !conditions_.awaiting.empty()) {
        reason_ = because(Reason::Code::awaiting_checks);
        reason_.subject = conditions_.awaiting;
        return;
    }
    if (!present.empty()) {
        if (state_ != State::fault)
            enter_fault(present.front(), now, out);
        else
            reason_.subject = describe(present.front()); // another one may have taken its place
        return;
    }
    if (state_ == State::initialize || state_ == State::fault)
        begin(now, out);
}

/// T1, T2: the RFC's Startup, also after the last fault has gone.
void Router::begin(Time now, Effects& out) {
    active_adver_interval_ = settings_.advert_interval;
    preempts_from_ = now + settings_.preempt_delay;
    if (release_) {
        move_to(State::backup, because(Reason::Code::released), now, out);
        return;
    }
    if (conditions_.priority == owner) {
        begin_as_owner(now, out);
        return;
    }
    arm_active_down(DownTimer::full, now);
    move_to(State::backup, because(Reason::Code::startup), now, out);
}

/// At once, or as soon as its gate is passed.
void Router::begin_as_owner(Time now, Effects& out) {
    if (!settings_.gate) {
        become_active(because(Reason::Code::owner_startup), now, out);
        return;
    }
    arm_active_down(DownTimer::at_once, now);
    if (state_ != State::backup)
        move_to(State::backup, because(Reason::Code::startup), now, out);
}

/// T1, T6. The address comes first, so that whoever advertises has it (decision 007).
void Router::become_active(Reason reason, Time now, Effects& out) {
    ++counters_.became_active;
    gate_ = Gate::closed; // passed
    at_gate_ = false;
    choose_checksum_form();
    unconfirmed_takeover_ = Standing{state_, since_, reason_};
    timers_.active_down.reset();
    timers_.adver = now + settings_.advert_interval; // ours, not the learnt one
    active_router_.reset();
    announcement_.start(now);
    holdings_.hold(out);
    send_advert(conditions_.priority, out);
    announce(out);
    move_to(State::active, std::move(reason), now, out);
}

/// Out of Active; the caller arms the Active_Down_Timer.
void Router::become_backup(Reason reason, Time now, Effects& out) {
    withdraw(out);
    move_to(State::backup, std::move(reason), now, out);
}

void Router::enter_fault(const Fault& fault, Time now, Effects& out) {
    if (holding()) {
        if (can_send())
            send_advert(resigning, out);
        withdraw(out);
    }
    timers_.active_down.reset();
    close_gate(out);
    active_router_.reset();
    auto reason = because(Reason::Code::fault);
    reason.subject = describe(fault);
    move_to(State::fault, std::move(reason), now, out);
}

/// Stops all that only an Active router does, and takes the addresses away.
void Router::withdraw(Effects& out) {
    timers_.adver.reset();
    announcement_.cancel();
    holdings_.release(out);
    lets_go_just_now_ = true;
}

void Router::move_to(State to, Reason reason, Time now, Effects& out) {
    const auto from = state_;
    state_ = to;
    since_ = now;
    preempted_.reset();
    rival_.reset();
    unreached_.reset();
    reason.own_priority = conditions_.priority;
    reason_ = std::move(reason);
    // The Node numbers it.
    out.emplace_back(Transitioned{id_, from, to, reason_, conditions_.priority, 0});
}

/// Guarantee 3: an Active router that was silent for its own Active_Down_Interval has been succeeded, or will
/// be: it lets go before it looks at anything, and rejoins soon.
void Router::let_go_if_stalled(Time now, Effects& out) {
    if (!timers_.adver)
        return;
    const auto last_advert = *timers_.adver - settings_.advert_interval;
    const auto silent = now - last_advert;
    if (silent <= active_down_interval(conditions_.priority, settings_.advert_interval, settings_.version))
        return;
    ++counters_.stalls;
    auto reason = because(Reason::Code::stalled);
    reason.interval = silent;
    active_adver_interval_ = settings_.advert_interval;
    become_backup(std::move(reason), now, out);
    arm_active_down(DownTimer::rejoin, now);
}

void Router::elapsed(Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    const auto due = [now](const std::optional<Time>& timer) { return timer && *timer <= now; };

    if (due(timers_.let_go))
        handover_unanswered(now, out);
    if (due(timers_.resume))
        resume(now, out);
    if (due(timers_.retry)) {
        timers_.retry.reset();
        own_fault_.reset();
        evaluate(now, out);
    }
    if (due(timers_.release_again)) {
        timers_.release_again.reset();
        if (!holding())
            holdings_.release(out);
        else if (holdings_.has_stray())
            holdings_.release_given_up(out);
    }
    if (is_due(now) && !gate_is_open()) {
        wait_at_gate(out);
    } else if (is_due(now)) {
        take_over(*timers_.active_down, now, out);
        return;
    }
    if (due(timers_.adver))
        send_regular_advert(now, out);
    if (announcement_.take_due(now))
        announce(out);
}

/// T6, and told apart when our own delay may be the cause: whoever looks an advert interval late may have
/// lost what came in meanwhile, as when a receive buffer overflows.
void Router::take_over(Time due, Time now, Effects& out) {
    auto reason = because(cause_of_takeover());
    reason.interval = down_duration();
    if (down_timer_ == DownTimer::rejoin)
        reason.subject = "rejoining after a stall";
    if (active_router_) {
        reason.peer = active_router_->address;
        reason.peer_priority = active_router_->priority;
    }
    if (now - due > active_adver_interval_) {
        ++counters_.late_takeovers;
        reason.late = now - due;
    }
    become_active(std::move(reason), now, out);
}

Reason::Code Router::cause_of_takeover() const {
    switch (down_timer_) {
    case DownTimer::skew:
        return Reason::Code::peer_resigned;
    case DownTimer::lowered:
        return Reason::Code::peer_lowered;
    case DownTimer::at_once:
        return Reason::Code::owner_startup;
    case DownTimer::full:
    case DownTimer::heard:
    case DownTimer::rejoin:
        break;
    }
    return Reason::Code::active_down_timer;
}

std::vector<Fault> Router::faults() const {
    std::vector<Fault> present;
    if (conditions_.interface == IfIndex{})
        present.push_back({Fault::Kind::interface_missing, settings_.interface});
    else if (!conditions_.link_up)
        present.push_back({Fault::Kind::link_down, settings_.interface});
    else if (!conditions_.deaf.empty())
        present.push_back({Fault::Kind::no_advert_socket, conditions_.deaf});
    else if (is_too_long())
        present.push_back(too_long());
    else if (const auto missing = holdings_.missing())
        present.push_back({Fault::Kind::interface_missing, *missing});
    else if (!conditions_.primary && settings_.source)
        present.push_back({Fault::Kind::source_missing, settings_.source->to_string()});
    else if (!conditions_.primary)
        present.push_back({Fault::Kind::no_primary_address, settings_.interface});
    present.insert(present.end(), conditions_.faults.begin(), conditions_.faults.end());
    if (own_fault_)
        present.push_back(*own_fault_);
    if (group_fault_)
        present.push_back(*group_fault_);
    return present;
}

bool Router::can_send() const {
    return conditions_.interface != IfIndex{} && conditions_.link_up && conditions_.deaf.empty() &&
           !is_too_long() && conditions_.primary.has_value();
}

/// A frame that is made here, as those from a virtual MAC address are, goes in one piece or not at all.
bool Router::is_too_long() const {
    return settings_.virtual_mac && settings_.unicast.peers.empty() && conditions_.mtu != 0 &&
           advert_packet_size(settings_, settings_.addresses.size()) > conditions_.mtu;
}

Fault Router::too_long() const {
    std::size_t most = settings_.addresses.size();
    while (most > 0 && advert_packet_size(settings_, most) > conditions_.mtu)
        --most;
    return {Fault::Kind::advert_too_long,
            settings_.interface + ", with its MTU of " + std::to_string(conditions_.mtu) +
                ", carries no advert of " +
                std::to_string(advert_packet_size(settings_, settings_.addresses.size())) +
                " octets from a virtual MAC address, which goes in one piece: raise the MTU, or take no "
                "more than " +
                std::to_string(most) + " addresses"};
}

} // namespace baton::vrrp
