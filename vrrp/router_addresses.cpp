// A router and its addresses: what the kernel has, what it would not take, and what to do about it.
#include "vrrp/router.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

// Guarantee 4: a deleted address comes back at once; but who deletes it again and again means it.
constexpr Duration repair_window = std::chrono::seconds(10);
constexpr unsigned repairs_allowed = 5;

constexpr Duration longest_retry = std::chrono::seconds(60);

/// Lost adverts after which the peers take over; see RFC 9568 section 6.1, Active_Down_Interval.
constexpr unsigned send_failures_allowed = 3;

} // namespace

void Router::addresses_present(std::span<const InterfaceAddress> present, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    const auto is_present = [&](const Prefix& prefix, bool only_ours) {
        return std::any_of(present.begin(), present.end(), [&](const InterfaceAddress& address) {
            return address.prefix == prefix && (address.ours || !only_ours);
        });
    };
    const auto& wanted = settings_.addresses;
    if (state_ != State::active) {
        // A left-over of ours: of a process that was killed, or of a release that failed.
        const bool left = std::any_of(wanted.begin(), wanted.end(),
                                      [&](const Prefix& prefix) { return is_present(prefix, true); });
        if (left)
            out.emplace_back(ReleaseAddresses{id_, conditions_.holder, settings_.addresses});
        return;
    }
    if (handing_over_)
        return;
    bool complete = true;
    std::vector<std::size_t> unmarked; // ours until now: without our mark they could not be released later
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool ours = is_present(wanted[i], true);
        const bool own = settings_.adopts_addresses() && !marked_[i]; // the owner's own never had the mark
        complete = complete && (ours || (own && is_present(wanted[i], false)));
        if (marked_[i] && !ours && is_present(wanted[i], false))
            unmarked.push_back(i);
        marked_[i] = marked_[i] || ours;
    }
    if (!complete)
        repair(unmarked, now, out);
}

void Router::repair(const std::vector<std::size_t>& unmarked, Time now, Effects& out) {
    ++counters_.address_repairs;
    if (now - repair_window_ > repair_window) {
        repair_window_ = now;
        repairs_in_window_ = 0;
    }
    if (++repairs_in_window_ > repairs_allowed) {
        fail_with({Fault::Kind::address_contested, settings_.interface}, now, out);
        return;
    }
    const std::span<const Prefix> all = settings_.addresses;
    if (settings_.adopts_addresses()) {
        for (const auto index : unmarked)
            out.emplace_back(HoldAddresses{id_, conditions_.holder, all.subspan(index, 1), false, true});
        out.emplace_back(HoldAddresses{id_, conditions_.holder, all, true, false});
    } else {
        out.emplace_back(HoldAddresses{id_, conditions_.holder, all, false, true});
    }
    announcement_.start(now);
    announce(out);
}

void Router::announce(Effects& out) {
    ++counters_.announcements;
    out.emplace_back(Announce{id_, conditions_.holder, settings_.addresses, settings_.announce.form});
}

/// A fault of our own: it goes when the retry timer fires, and comes later each time it returns.
void Router::fail_with(Fault fault, Time now, Effects& out) {
    own_fault_ = std::move(fault);
    timers_.retry = now + retry_delay_;
    retry_delay_ = std::min(2 * retry_delay_, longest_retry);
    evaluate(now, out);
}

void Router::effect_failed(const EffectFailed& failure, Time now, Effects& out) {
    // Only a takeover's own hold is of interest to it; a release of the same batch may fail before that.
    const auto before_takeover = failure.effect == EffectKind::hold_addresses
                                     ? std::exchange(unconfirmed_takeover_, std::nullopt)
                                     : std::nullopt;
    switch (failure.effect) {
    case EffectKind::hold_addresses:
        ++counters_.hold_errors;
        if (state_ != State::active || handing_over_)
            return;
        if (before_takeover) {
            // Nobody was told anything: the takeover never happened. Only what was half taken goes back.
            --counters_.became_active;
            --counters_.adverts_sent;
            --counters_.announcements;
            withdraw(out);
            state_ = before_takeover->state;
            since_ = before_takeover->since;
            reason_ = before_takeover->reason;
        }
        fail_with({Fault::Kind::address_not_held, failure.why}, now, out);
        return;
    case EffectKind::send_advert:
        ++counters_.send_errors;
        ++undelivered_;
        if (!last_send_failed())
            return; // another unicast peer may have got it
        if (++send_failures_ >= send_failures_allowed && state_ == State::active && !handing_over_)
            fail_with({Fault::Kind::advert_not_sent, failure.why}, now, out);
        return;
    case EffectKind::release_addresses:
        ++counters_.release_errors;
        timers_.release_again = now + std::chrono::seconds(1);
        return;
    case EffectKind::announce:
        ++counters_.announce_errors;
        return;
    }
}

} // namespace baton::vrrp
