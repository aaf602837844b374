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
    if (const auto reason = reason_to_refuse(received)) {
        refuse(*reason, received.source, now, out);
        return;
    }
    note_accepted(received, now, out);
    let_go_if_stalled(now, out);

    if (handing_over()) {
        if (received.advert.priority == resigning)
            return;
        const bool stops = handover_ == Handover::shutdown;
        Reason reason;
        reason.code = stops ? Reason::Code::shutdown_handover : Reason::Code::released_handover;
        reason.peer = received.source;
        reason.peer_priority = received.advert.priority;
        end_handover(std::move(reason), now, out);
        if (!stops)
            learn(received, now);
    } else if (state_ == State::backup) {
        receive_as_backup(received, now, out);
    } else if (state_ == State::active) {
        receive_as_active(received, now, out);
    } // T3: Initialize, and Fault, take no part
}

/// T7, T8, T9.
void Router::receive_as_backup(const AdvertReceived& received, Time now, Effects& out) {
    if (received.advert.priority == resigning) {
        arm_active_down(DownTimer::skew, now);
        preempted_.reset();
        if (unreached_ == received.source)
            unreached_.reset();
        active_router_ = Peer{received.source, resigning};
        return;
    }
    // Preempt_Mode is looked at here only, and never by the owner (section 6.1). A lower advert that we mean
    // to preempt restarts nothing.
    const bool may_preempt = settings_.preempt && (now >= preempts_from_ || lowers_itself(received));
    const bool preempt = !release_ && (may_preempt || conditions_.priority == owner);
    if (preempt && received.advert.priority < conditions_.priority) {
        preempted_ = Preempted{{received.source, received.advert.priority}, now};
        outdo(received, now);
        note_form_beside(received);
        consider_checksum_form(received, now, out);
        return;
    }
    close_gate(out);
    yield_to_checksum_form(received, now, out);
    learn(received, now);
}

/// The Active router has fallen, or is about to be preempted because it fell: something is wrong with it, and
/// no delay is to keep the addresses there.
bool Router::lowers_itself(const AdvertReceived& received) const {
    const Peer sender{received.source, received.advert.priority};
    if (!settings_.prompt_takeover)
        return false;
    const bool falls = active_router_ && active_router_->address == sender.address &&
                       sender.priority < active_router_->priority;
    return falls || (preempted_ && preempted_->peer == sender);
}

/// Guarantee 13: it lives and keeps the addresses until it hears us, so there is no silence to wait for; only
/// for the best of us to be first (decision 020).
void Router::outdo(const AdvertReceived& received, Time now) {
    if (!settings_.prompt_takeover || !active_router_ || active_router_->address != received.source ||
        received.advert.priority >= active_router_->priority)
        return;
    active_router_->priority = received.advert.priority;
    if (timers_.active_down && *timers_.active_down > now + skew(conditions_.priority))
        arm_active_down(DownTimer::lowered, now);
}

/// T12, T13, T14, T15.
void Router::receive_as_active(const AdvertReceived& received, Time now, Effects& out) {
    const auto priority = received.advert.priority;
    if (priority == resigning) {
        const auto sent_before = counters_.adverts_sent;
        if (rival_ && rival_->peer.address == received.source)
            rival_.reset();
        answer(received.advert, now, out);
        if (counters_.adverts_sent != sent_before)
            timers_.adver = now + settings_.advert_interval; // T12, only for an advert really sent
        return;
    }
    const Candidate peer{priority, received.source};
    const Candidate self{conditions_.priority, *conditions_.primary};
    if (!outranks(peer, self)) {
        meet_rival(received, now, out);
        consider_checksum_form(received, now, out);
        answer(received.advert, now, out);
        return;
    }
    yield_to_checksum_form(received, now, out); // it is to understand our last word
    say_last_word(received.advert.interval, now, out);
    Reason reason;
    reason.code = priority == self.priority ? Reason::Code::tie_lost : Reason::Code::higher_priority;
    reason.peer = received.source;
    reason.peer_priority = priority;
    become_backup(std::move(reason), now, out);
    learn(received, now);
}

/// Whom we have just preempted needs a moment to yield; one that speaks later is a second Active.
void Router::meet_rival(const AdvertReceived& received, Time now, Effects& out) {
    if (now - since_ <= settings_.advert_interval)
        return;
    const auto& advert = received.advert;
    ++counters_.conflicts;
    rival_ = Rival{{received.source, advert.priority},
                   now,
                   now + active_down_interval(advert.priority, advert.interval, settings_.version)};
    tell(NoticeKind::second_active, received, now, out);
}

/// The winner of a conflict must learn that there was one, or it would not tell the link again who has the
/// addresses, and whoever was told otherwise meanwhile would not find it (decision 010). Never from the
/// virtual MAC address, which would call the link's switches back to us. And not to a winner that speaks less
/// often than we do: a third node would learn our interval, and not wait for its next advert.
void Router::say_last_word(Duration winners_interval, Time now, Effects& out) {
    if (winners_interval > settings_.advert_interval || !may_speak(now))
        return;
    send_advert(conditions_.priority, out, false);
}

/// The sender is the Active router: its interval counts, and the timer starts anew.
void Router::learn(const AdvertReceived& received, Time now) {
    preempted_.reset();
    active_router_ = Peer{received.source, received.advert.priority};
    active_adver_interval_ = received.advert.interval; // in version 2 always our own
    arm_active_down(DownTimer::heard, now);
}

/// T12, T15: says at once who is Active, and tells the link again, because whoever spoke may have told it
/// otherwise; unless the limit forbids another answer. T15 leaves the Adver_Timer alone, so that a stream of
/// adverts cannot starve our own. Who sums in another form may take no other: it would hear none of our
/// regular adverts, and is answered in its own, whatever is configured for the others (decision 005).
void Router::answer(const Advert& heard, Time now, Effects& out) {
    const bool resigned = heard.priority == resigning; // what counts now is who is left
    const bool otherwise = !resigned && sums_otherwise(heard);
    if (!may_speak(otherwise ? next_answer_in_another_form_ : next_answer_, now)) {
        ++counters_.answers_suppressed;
        return;
    }
    if (otherwise) {
        auto ours = advert(conditions_.priority);
        ours.checksum_form = heard.checksum_form;
        send_advert(ours, out, true);
    } else if (resigned || settings_.answer_lower_priority) {
        send_advert(conditions_.priority, out);
    }
    announcement_.start(now);
    announce(out);
}

/// Whether the limit allows an advert beside the regular ones now; if so, it is taken as sent.
bool Router::may_speak(Time& next, Time now) const {
    if (now < next)
        return false;
    next = now + answer_pause(settings_.advert_interval);
    return true;
}

/// Our priority is another one: told at once, beside the regular adverts. A rise right after a fall is told
/// at once too, or the best Backup would take over for nothing; what comes more often than that, with a
/// regular advert as soon as the limit allows.
void Router::tell_priority(Time now, Effects& out) {
    if (!may_speak(now)) {
        if (now < next_spare_) {
            if (timers_.adver)
                timers_.adver = std::min(*timers_.adver, next_answer_);
            return;
        }
        next_spare_ = now + answer_pause(settings_.advert_interval);
    }
    send_advert(conditions_.priority, out);
}

void Router::send_regular_advert(Time now, Effects& out) {
    if (!last_send_failed())
        send_failures_ = 0;
    if (!own_fault_)
        retry_delay_ = std::chrono::seconds(1); // an advert interval went well
    send_advert(conditions_.priority, out);
    // From the time it was due, so that adverts do not drift; but never two at once.
    *timers_.adver += settings_.advert_interval;
    if (*timers_.adver <= now)
        timers_.adver = now + settings_.advert_interval;
}

void Router::send_advert(Priority priority, Effects& out, bool as_virtual_router) {
    send_advert(advert(priority), out, as_virtual_router);
}

/// To the group, or to each unicast peer; `as_virtual_router`: from the virtual MAC address, if it has one.
void Router::send_advert(Advert advert, Effects& out, bool as_virtual_router) {
    if (!conditions_.primary)
        return;
    ++counters_.adverts_sent;
    if (advert.priority == resigning)
        ++counters_.priority_zero_sent;
    undelivered_ = 0;
    SendAdvert send{id_, conditions_.interface, *conditions_.primary, group(), advert};
    if (settings_.unicast.peers.empty()) {
        send.from_virtual_mac = settings_.virtual_mac && as_virtual_router;
        out.emplace_back(send);
        return;
    }
    send.hop_limit = settings_.unicast.hop_limit;
    for (const auto& peer : settings_.unicast.peers) {
        send.destination = peer;
        out.emplace_back(send);
        send.again = true;
    }
}

Advert Router::advert(Priority priority) const {
    Advert advert;
    advert.version = settings_.version;
    advert.vrid = settings_.vrid;
    advert.priority = priority;
    advert.interval = settings_.advert_interval;
    advert.checksum_form = checksum_form();
    advert.addresses = AddressView(settings_.family(), octets_);
    if (settings_.password)
        advert.authentication = {simple_password, *settings_.password};
    return advert;
}

ChecksumForm Router::checksum_form() const {
    switch (settings_.checksum) {
    case ChecksumMode::automatic:
        return heard_form_.value_or(ChecksumForm::pseudo_header);
    case ChecksumMode::rfc9568:
        return ChecksumForm::message_only;
    case ChecksumMode::rfc5798:
        break;
    }
    return ChecksumForm::pseudo_header;
}

/// It may take none of our regular adverts; unless the operator said how to sum.
bool Router::sums_otherwise(const Advert& heard) const {
    return sums_in_forms() && settings_.checksum == ChecksumMode::automatic &&
           heard.checksum_form != checksum_form();
}

/// All that it was sent to refused the last advert.
bool Router::last_send_failed() const {
    return undelivered_ >= std::max<std::size_t>(1, settings_.unicast.peers.size());
}

} // namespace baton::vrrp
