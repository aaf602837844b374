// A router and its addresses: what the kernel has, what it would not take, and what to do about it.
#include "vrrp/router.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

// Guarantee 4: a deleted address comes back at once; but who deletes it again and again means it.
constexpr Duration repair_window = std::chrono::seconds(10);
constexpr unsigned repairs_allowed = 5;

/// A router that loses its reign answers ARP until it has let go: to our announcement, too.
constexpr Duration least_overlap = std::chrono::seconds(1);

constexpr Duration longest_retry = std::chrono::seconds(60);

/// Lost adverts after which the peers take over; see RFC 9568 section 6.1, Active_Down_Interval.
constexpr unsigned send_failures_allowed = 3;

} // namespace

void Router::addresses_present(IfIndex interface, std::span<const InterfaceAddress> present, Time now,
                               Effects& out) {
    if (!holdings_.carried_by(interface))
        return;
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    const bool active = state_ == State::active;
    const auto look = holdings_.look(interface, present, active && !handing_over());
    if (!active && look.left_over) // of a process that was killed, or of a release that failed
        holdings_.release(look, out);
    if (active && !handing_over() && !look.complete)
        repair(look, now, out);
}

void Router::repair(const Holdings::Look& look, Time now, Effects& out) {
    ++counters_.address_repairs;
    if (now - repair_window_ > repair_window) {
        repair_window_ = now;
        repairs_in_window_ = 0;
    }
    if (++repairs_in_window_ > repairs_allowed) {
        fail_with({Fault::Kind::address_contested, holdings_.interface(look.holding)}, now, out);
        return;
    }
    announcement_.start(now);
    ++counters_.announcements;
    holdings_.hold_again(look, out);
}

/// The kernel drops a route with its interface or its source address, and tells us of neither.
void Router::keep_routes(Time now, Effects& out) {
    if (!settings_.routing.any)
        return;
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    if (is_active())
        holdings_.hold_routes(out);
}

/// The interface of its virtual MAC address, which is set up and down with its state.
bool Router::carries_virtual_mac(IfIndex interface) const {
    for (std::size_t i = 0; settings_.virtual_mac && i < holdings_.count(); ++i)
        if (holdings_.interface(i) == settings_.holder)
            return conditions_.holders[i] == interface;
    return false;
}

/// Whoever was told before asks again, or sends to where nobody is.
void Router::interface_renewed(IfIndex interface, bool by_others, Time now, Effects& out) {
    const bool set_up_by_us = carries_virtual_mac(interface) && !by_others;
    if (!is_active() || is_taking_over() || set_up_by_us || !holdings_.carried_by(interface))
        return;
    announcement_.start(now);
    announce(out);
}

/// The addresses are on it still, and nobody can reach them.
void Router::holder_down(IfIndex interface, Time now, Effects& out) {
    if (!is_active() || is_taking_over() || !carries_virtual_mac(interface))
        return;
    auto look = holdings_.look(interface, {}, false);
    repair(look, now, out);
}

/// It may have given the address up with its former settings.
void Router::forget_claim() {
    for (std::size_t i = 0; last_claim_ && i < holdings_.count(); ++i)
        if (holdings_.has(i, last_claim_->address))
            return;
    last_claim_.reset();
}

/// On the link that the interface is on: below its virtual MAC address, that of the interface below.
bool Router::holds_on_link(IfIndex interface, const IpAddress& address) const {
    for (std::size_t i = 0; i < holdings_.count(); ++i) {
        const bool above = settings_.virtual_mac && holdings_.interface(i) == settings_.holder;
        if ((above ? conditions_.interface : conditions_.holders[i]) == interface &&
            holdings_.has(i, address))
            return true;
    }
    return false;
}

/// Told, and nothing more: who defends a virtual address as RFC 5227 section 2.4 would have it fights the
/// router that takes over. From the one that held it until just now it is everyday.
void Router::claimed(const AddressClaimed& claim, Time now, Effects& out) {
    const bool settled = now - since_ >= std::max(settings_.advert_interval, least_overlap);
    if (!is_active() || !settled || !holds_on_link(claim.interface, claim.address))
        return;
    ++counters_.address_claims;
    last_claim_ = Claim{claim.address, claim.mac, now};
    Notice notice;
    notice.kind = NoticeKind::address_claimed;
    notice.source = claim.address;
    notice.mac = claim.mac;
    if (const auto admitted = notices_.admit(notice, now))
        out.emplace_back(Noticed{id_, claim.interface, *admitted});
}

/// Each once, when it appears: whoever is Active, this host answers for it as well.
void Router::tell_of_foreign(const std::vector<PlacedPrefix>& before, Time now, Effects& out) {
    for (const auto& one : conditions_.foreign) {
        if (std::find(before.begin(), before.end(), one) != before.end())
            continue;
        Notice notice;
        notice.kind = NoticeKind::foreign_address;
        notice.source = one.address.address;
        if (const auto told = notices_.admit(notice, now))
            out.emplace_back(Noticed{id_, conditions_.interface, *told});
    }
}

void Router::announce(Effects& out) {
    ++counters_.announcements;
    holdings_.announce(out);
}

/// A fault of our own: it goes when the retry timer fires, and comes later each time it returns.
void Router::fail_with(Fault fault, Time now, Effects& out) {
    own_fault_ = std::move(fault);
    timers_.retry = now + retry_delay_;
    retry_delay_ = std::min(2 * retry_delay_, longest_retry);
    evaluate(now, out);
}

void Router::abandon_takeover(Effects& out) {
    const auto before = *std::exchange(unconfirmed_takeover_, std::nullopt);
    --counters_.became_active;
    --counters_.adverts_sent;
    --counters_.announcements;
    withdraw(out);
    state_ = before.state;
    since_ = before.since;
    reason_ = before.reason;
}

void Router::effect_failed(const EffectFailed& failure, Time now, Effects& out) {
    switch (failure.effect) {
    case EffectKind::hold_addresses:
    case EffectKind::hold_routes:
        ++counters_.hold_errors;
        if (state_ != State::active || handing_over()) {
            unconfirmed_takeover_.reset();
            return;
        }
        if (unconfirmed_takeover_)
            abandon_takeover(out);
        fail_with({failure.effect == EffectKind::hold_routes ? Fault::Kind::route_not_held
                                                             : Fault::Kind::address_not_held,
                   failure.why},
                  now, out);
        return;
    case EffectKind::send_advert:
        ++counters_.send_errors;
        ++undelivered_;
        if (!last_send_failed())
            return; // another unicast peer may have got it
        if (++send_failures_ >= send_failures_allowed && state_ == State::active && !handing_over())
            fail_with({Fault::Kind::advert_not_sent, failure.why}, now, out);
        return;
    case EffectKind::release_addresses:
    case EffectKind::release_routes:
        ++counters_.release_errors;
        holdings_.release_failed();
        timers_.release_again = now + std::chrono::seconds(1);
        return;
    case EffectKind::announce:
        ++counters_.announce_errors;
        return;
    }
}

} // namespace baton::vrrp
