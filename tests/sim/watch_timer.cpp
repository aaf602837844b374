// How a Watch follows adverts and the Active_Down_Timer (RFC 9568 sections 6.4.2 and 6.4.3).
#include "tests/sim/watch.h"

#include <algorithm>

namespace baton::sim {

using vrrp::State;

namespace {

/// Compares as text the way the address compares as a number: "010.000.001.002".
std::string padded(const IpAddress& address) {
    std::string text;
    for (const auto octet : address.bytes())
        text += std::to_string(1000 + octet).substr(1) + ".";
    return text;
}

} // namespace

/// A new interval is told at once by who is Active; a Backup goes on with what it has learnt, or begins anew.
void Watch::reconfigured(const vrrp::Settings& settings, const vrrp::Node& node, Time now) {
    const auto snapshot = node.snapshot(now);
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        auto& instance = instances_[i];
        const auto& before = settings_.instances[i];
        const auto& after = settings.instances[i];
        instance.preempts_from += after.preempt_delay - before.preempt_delay;
        instance.priority_changed = now;
        if (after.advert_interval == before.advert_interval)
            continue;
        instance.last_advert = now;
        instance.recent_adverts.clear();
        if (!snapshot.instances[i].active_router || after.version == vrrp::Version::v2)
            instance.timer.restart(after.advert_interval, now);
    }
    settings_ = settings;
}

/// Moves the reference timer: first what happened to the state, then what the advert means in the new state.
void Watch::run_timer(std::size_t index, const vrrp::Event& event, Time now) {
    auto& instance = instances_[index];
    const auto own = settings_.instances[index].advert_interval;
    const auto* advert = std::get_if<vrrp::AdvertReceived>(&event);
    bool yielded = false;
    for (const auto& transition : transitions_) {
        if (transition.instance.value != index)
            continue;
        instance.timer.stop();
        if (transition.to != State::backup)
            continue;
        if (transition.from != State::active)
            instance.timer.begin(own, now);
        else if (transition.reason.code == vrrp::Reason::Code::group_yielded ||
                 transition.reason.code == vrrp::Reason::Code::released) // to nobody that was heard
            instance.timer.begin(own, now);
        else if (transition.reason.code == vrrp::Reason::Code::stalled)
            instance.timer.rejoin(own, now);
        else if (advert)
            yielded = true;
    }
    stand_aside(index, event, now);
    if (!advert || advert->advert.vrid != settings_.instances[index].vrid)
        return;
    if (instance.reigned && counts(index, *advert))
        check_contest(index, *advert, yielded);
    if (yielded) { // T13, T14
        instance.timer.heard(advert->advert.interval, now);
        instance.yields_to = {advert->source, advert->advert.priority.value};
    } else {
        hear(index, *advert, now);
    }
    if (instance.aside)
        instance.timer.stop();
}

/// Whether an advert gets as far as the state machine.
bool Watch::counts(std::size_t index, const vrrp::AdvertReceived& event) const {
    const bool unicast = !settings_.instances[index].unicast.peers.empty();
    return event.destination.is_multicast() != unicast && !own_sources_.contains(event.source);
}

/// T12 to T15: an Active router yields to whom it must, and to nobody else.
void Watch::check_contest(std::size_t index, const vrrp::AdvertReceived& event, bool yielded) const {
    const bool frozen = std::any_of(transitions_.begin(), transitions_.end(), [](const auto& transition) {
        return transition.reason.code == vrrp::Reason::Code::stalled;
    });
    const int heard = event.advert.priority.value;
    const bool tie_lost =
        heard == priority(index) && padded(event.source) > padded(*instances_[index].primary);
    if (!frozen && yielded != (heard > priority(index) || tie_lost))
        broken(index, std::string(yielded ? "yields only" : "yields") +
                          " to a higher priority, or the same from a greater address; heard " +
                          std::to_string(heard) + " from " + event.source.to_string());
}

/// T7, T8, T9, and whoever lowers itself below us is succeeded after Skew_Time.
void Watch::hear(std::size_t index, const vrrp::AdvertReceived& event, Time now) {
    auto& instance = instances_[index];
    const auto& settings = settings_.instances[index];
    if (instance.state != State::backup || !counts(index, event))
        return;
    const int heard = event.advert.priority.value;
    const std::pair sender(event.source, heard);
    const bool lowered =
        instance.yields_to && instance.yields_to->first == event.source && instance.yields_to->second > heard;
    const bool fallen = settings.prompt_takeover && (lowered || instance.preempted == sender);
    const bool preempts = !instance.aside && settings.preempt && (now >= instance.preempts_from || fallen);
    instance.preempted.reset();
    if (heard == 0)
        instance.timer.resigned(now);
    else if (heard >= priority(index) || (!preempts && (instance.aside || settings.priority != vrrp::owner)))
        instance.timer.heard(event.advert.interval, now);
    else {
        instance.preempted = sender;
        if (!lowered || !settings.prompt_takeover)
            return;
        instance.timer.lowered(priority(index), now);
    }
    instance.yields_to = {event.source, heard};
}

} // namespace baton::sim
