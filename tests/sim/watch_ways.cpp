// How a Watch follows what is not for the protocol to say: releases by hand (decision 026), gates (decision
// 027).
#include "tests/sim/watch.h"

#include <algorithm>

namespace baton::sim {

using vrrp::State;

/// Members of a group are released and resumed together.
std::vector<std::size_t> Watch::together_with(vrrp::InstanceId instance) const {
    for (const auto& group : settings_.sync_groups)
        if (std::find(group.members.begin(), group.members.end(), instance) != group.members.end()) {
            std::vector<std::size_t> all;
            for (const auto member : group.members)
                all.push_back(member.value);
            return all;
        }
    return {instance.value};
}

bool Watch::takes_part_again(const Instance& instance, Time now) const {
    return instance.aside && (instance.resumed || (instance.aside_until && now >= *instance.aside_until));
}

/// It goes on as Active where it was.
void Watch::takes_back(std::size_t index, Time now) {
    auto& instance = instances_[index];
    if (shutting_down_)
        broken(index, "a router that is told to stop takes nothing back");
    instance.aside = instance.resigned = false;
    instance.last_advert = now;
}

void Watch::on(const vrrp::ReleaseRefused& effect, Time now) {
    const auto index = effect.instance.value;
    if (!instances_[index].aside || !instances_[index].resigned)
        broken(index, "only who hands over by hand can find nobody to take over");
    takes_back(index, now);
}

/// A gate is run once for each takeover, by a Backup that takes part.
void Watch::on(const vrrp::RunGate& effect, Time now) {
    const auto index = effect.instance.value;
    auto& instance = instances_[index];
    if (!gated(index) || instance.gate != Gate::closed)
        broken(index, "a gate is run that there is, and not twice");
    const bool aside = instance.aside && !takes_part_again(instance, now);
    if (instance.state != State::backup || aside || kept_out(index))
        broken(index, "only who may take over asks for its gate");
    instance.gate = Gate::running;
}

void Watch::on(const vrrp::DropGate& effect, Time now) {
    const auto index = effect.instance.value;
    auto& instance = instances_[index];
    if (instance.gate == Gate::closed && !instance.gate_failed)
        broken(index, "a gate is dropped that was asked for");
    instance.gate = Gate::closed;
    if (instance.gate_failed)
        await_retry(index, now);
}

/// One that fails keeps the router out for a while, or lets it try again later.
void Watch::learn(const vrrp::HookFinished& event) {
    const auto index = event.instance.value;
    auto& instance = instances_[index];
    if (instance.gate != Gate::running)
        return;
    instance.gate = event.ok ? Gate::open : Gate::closed;
    for (const auto member : together_with(event.instance))
        instances_[member].gate_failed = !event.ok;
}

/// While it stands aside its timer does not run; then it begins anew, by the interval last learnt.
void Watch::stand_aside(std::size_t index, const vrrp::Event& event, Time now) {
    auto& instance = instances_[index];
    if (!instance.aside)
        return;
    instance.timer.stop();
    const bool looked = instance.resumed || std::holds_alternative<vrrp::Elapsed>(event);
    const bool still_holds = instance.resigned && !shutting_down_; // and has not said so yet
    const bool stopped =
        shutting_down_ && instance.state == State::initialize && !instance.resumed; // has no timer
    if (!looked || !takes_part_again(instance, now) || still_holds || stopped)
        return;
    instance.aside = false;
    if (instance.state != State::backup)
        return;
    instance.preempts_from = now + settings_.instances[index].preempt_delay;
    instance.timer.heard(instance.timer.learnt(), now);
}

} // namespace baton::sim
