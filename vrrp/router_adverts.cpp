// What a router makes of adverts, and the adverts it sends (RFC 9568 sections 6.4.2 and 6.4.3).
#include "vrrp/election.h"
#include "vrrp/router.h"
#include "vrrp/timing.h"

#include <algorithm>

namespace baton::vrrp {
namespace {

/// The shortest pause between two immediate adverts: without it, a reflected or forged advert would be
/// answered without end (decision D6 of the protocol survey).
Duration answer_pause(Duration advert_interval) {
    return std::max<Duration>(std::chrono::milliseconds(10), advert_interval / 10);
}

} // namespace

void Router::receive(const AdvertReceived& received, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    if (received.destination != multicast_group_v4)
        return count(Reject::destination);
    if (conditions_.primary && received.source == *conditions_.primary)
        return count(Reject::own_source);
    note_accepted(received);
    let_go_if_stalled(now, out);

    if (handing_over_) {
        if (received.advert.priority == resigning)
            return;
        Reason reason;
        reason.code = Reason::Code::shutdown_handover;
        reason.peer = received.source;
        reason.peer_priority = received.advert.priority;
        finish_shutdown(std::move(reason), now, out);
    } else if (state_ == State::backup) {
        receive_as_backup(received, now);
    } else if (state_ == State::active) {
        receive_as_active(received, now, out);
    } // T3: Initialize, and Fault, take no part
}

/// T7, T8, T9.
void Router::receive_as_backup(const AdvertReceived& received, Time now) {
    if (received.advert.priority == resigning) {
        arm_active_down(DownTimer::skew, now);
        active_router_ = Peer{received.source, resigning};
        return;
    }
    // Preempt_Mode is looked at here only, and never by the owner (section 6.1). A lower advert that we mean
    // to preempt restarts nothing.
    const bool preempt = settings_.preempt || conditions_.priority == owner;
    if (preempt && received.advert.priority < conditions_.priority)
        return;
    learn(received, now);
}

/// T12, T13, T14, T15.
void Router::receive_as_active(const AdvertReceived& received, Time now, Effects& out) {
    const auto priority = received.advert.priority;
    if (priority == resigning) {
        if (answer(now, out))
            timers_.adver = now + settings_.advert_interval; // T12, only for an advert really sent
        return;
    }
    const Candidate peer{priority, received.source};
    const Candidate self{conditions_.priority, *conditions_.primary};
    if (!outranks(peer, self)) {
        // Whom we have just preempted needs a moment to yield; one that speaks later is a second Active.
        if (now - since_ > settings_.advert_interval)
            ++counters_.conflicts;
        (void)answer(now, out);
        return;
    }
    last_word(now, out);
    Reason reason;
    reason.code = priority == self.priority ? Reason::Code::tie_lost : Reason::Code::higher_priority;
    reason.peer = received.source;
    reason.peer_priority = priority;
    become_backup(std::move(reason), now, out);
    learn(received, now);
}

/// The sender is the Active router: its interval counts, and the timer starts anew.
void Router::learn(const AdvertReceived& received, Time now) {
    active_router_ = Peer{received.source, received.advert.priority};
    active_adver_interval_ = received.advert.interval;
    arm_active_down(DownTimer::full, now);
}

void Router::note_accepted(const AdvertReceived& received) {
    const auto& advert = received.advert;
    ++counters_.adverts_received;
    if (advert.priority == resigning)
        ++counters_.priority_zero_received;
    if (advert.interval != settings_.advert_interval)
        ++counters_.interval_mismatch;
    if (!same_addresses(advert.addresses))
        ++counters_.address_list_mismatch;
    ++(advert.checksum_form == ChecksumForm::message_only ? counters_.checksum_message_only
                                                          : counters_.checksum_pseudo_header);
    heard_form_ = advert.checksum_form;
}

/// Equal as sets, in any order; an address named twice is a difference (RFC 9568 section 7.1).
bool Router::same_addresses(const AddressView& addresses) const {
    if (addresses.size() != settings_.addresses.size())
        return false;
    // The usual case, the same list in the same order, costs one comparison of memory.
    if (std::equal(octets_.begin(), octets_.end(), addresses.octets().begin(), addresses.octets().end()))
        return true;
    return std::all_of(settings_.addresses.begin(), settings_.addresses.end(), [&](const Prefix& ours) {
        for (std::size_t i = 0; i < addresses.size(); ++i)
            if (addresses[i] == ours.address)
                return true;
        return false;
    });
}

/// T12, T15: says at once who is Active, and tells the link again, because whoever spoke may have told it
/// otherwise. T15 leaves the Adver_Timer alone, so that a stream of adverts cannot starve our own. False when
/// the limit forbids another answer.
bool Router::answer(Time now, Effects& out) {
    if (now < next_answer_) {
        ++counters_.answers_suppressed;
        return false;
    }
    next_answer_ = now + answer_pause(settings_.advert_interval);
    send_advert(conditions_.priority, out);
    announcement_.start(now);
    announce(out);
    return true;
}

/// Before yielding: the winner of a conflict must learn that there was one, or it would not tell the link
/// again who has the addresses, and whoever was told otherwise meanwhile would not find it (decision 010).
void Router::last_word(Time now, Effects& out) {
    if (now < next_answer_)
        return;
    next_answer_ = now + answer_pause(settings_.advert_interval);
    send_advert(conditions_.priority, out);
}

void Router::send_regular_advert(Time now, Effects& out) {
    if (!last_send_failed_)
        send_failures_ = 0;
    last_send_failed_ = false;
    if (!own_fault_)
        retry_delay_ = std::chrono::seconds(1); // an advert interval went well
    send_advert(conditions_.priority, out);
    // From the time it was due, so that adverts do not drift; but never two at once.
    *timers_.adver += settings_.advert_interval;
    if (*timers_.adver <= now)
        timers_.adver = now + settings_.advert_interval;
}

void Router::send_advert(Priority priority, Effects& out) {
    if (!conditions_.primary)
        return;
    ++counters_.adverts_sent;
    if (priority == resigning)
        ++counters_.priority_zero_sent;
    Advert advert;
    advert.vrid = settings_.vrid;
    advert.priority = priority;
    advert.interval = settings_.advert_interval;
    switch (settings_.checksum) {
    case ChecksumMode::automatic:
        advert.checksum_form = heard_form_.value_or(ChecksumForm::pseudo_header);
        break;
    case ChecksumMode::rfc9568:
        advert.checksum_form = ChecksumForm::message_only;
        break;
    case ChecksumMode::rfc5798:
        advert.checksum_form = ChecksumForm::pseudo_header;
        break;
    }
    advert.addresses = AddressView(Family::ipv4, octets_);
    out.emplace_back(
        SendAdvert{id_, conditions_.interface, *conditions_.primary, multicast_group_v4, advert});
}

} // namespace baton::vrrp
