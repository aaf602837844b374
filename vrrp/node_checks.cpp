// What a Node makes of checks: which are to run, and what they and the tracked interfaces do to instances.
#include "vrrp/node_parts.h"

#include <algorithm>
#include <cassert>

namespace baton::vrrp {
namespace {

using Weight = CheckTracker::Weight;

Fault fault_of(const Contribution& contribution) {
    using Kind = Fault::Kind;
    if (contribution.is_interface)
        return {contribution.up ? Kind::tracked_interface_up : Kind::tracked_interface_down,
                contribution.name};
    return {contribution.up ? Kind::check_up : Kind::check_down, contribution.name};
}

bool is_fault(const Contribution& contribution) {
    return contribution.weight == 0 && contribution.known && !contribution.idle &&
           contribution.up == contribution.reverse;
}

} // namespace

void Node::Parts::on(const Probed& probed, Time now, Effects& out) {
    assert(probed.check.value < checks.size());
    auto& check = checks[probed.check.value];
    const auto before = check.state();
    if (check.view().name.empty() || !check.handle(probed, now))
        return;
    if (check.state() != before)
        out.emplace_back(CheckChanged{probed.check, probed.ok, probed.detail});
    update_routers(now, out);
}

void Node::Parts::on(const CheckSet& set, Time now, Effects& out) {
    assert(set.check.value < checks.size());
    auto& check = checks[set.check.value];
    const auto before = check.state();
    if (check.view().name.empty())
        return;
    check.set(set.up, now);
    if (check.state() != CheckView::State::unknown && check.state() != before)
        out.emplace_back(CheckChanged{set.check, check.state() == CheckView::State::up,
                                      set.up ? "set by hand" : "no longer set by hand"});
    update_routers(now, out);
}

/// Called when all else of an event is done: who has become Active, or is it no longer? Routers that take
/// over just now learn of it when it is known whether they could: a takeover that fails leaves no trace.
void Node::Parts::run_checks(Time now, Effects& out) {
    for (std::uint32_t i = 0; i < checks.size(); ++i) {
        const bool runs = is_to_run(checks[i]);
        if (!checks[i].run(runs, now))
            continue;
        out.emplace_back(CheckRuns{CheckId{i}, runs});
        checks_turned = true;
    }
    bool taking_over = false;
    routers.each([&](const Router& router) { taking_over = taking_over || router.is_taking_over(); });
    if (!taking_over && std::exchange(checks_turned, false))
        update_routers(now, out);
}

bool Node::Parts::is_to_run(const CheckTracker& check) const {
    if (!check.view().while_active)
        return true;
    bool active = false;
    routers.each([&](const Router& router) {
        const auto& track = router.settings().track;
        active =
            active ||
            (router.is_active() && std::any_of(track.begin(), track.end(), [&](const TrackSettings& entry) {
                 return entry.kind == TrackSettings::Kind::check && entry.name == check.view().name;
             }));
    });
    return active;
}

/// Those of a group become Active when all effects are settled.
bool Node::Parts::runs_are_stale() const {
    return std::any_of(checks.begin(), checks.end(),
                       [&](const CheckTracker& check) { return is_to_run(check) != check.view().runs; });
}

void Node::Parts::forget_checks(Time now, Effects& out) {
    bool forgotten = false;
    for (std::uint32_t i = 0; i < checks.size(); ++i) {
        if (!checks[i].elapsed(now))
            continue;
        out.emplace_back(CheckForgotten{CheckId{i}});
        forgotten = true;
    }
    if (forgotten)
        update_routers(now, out);
}

Contribution Node::Parts::contribution_of(const TrackSettings& track) const {
    Contribution contribution;
    contribution.name = track.name;
    contribution.weight = track.weight;
    contribution.reverse = track.reverse;
    auto weight = Weight::full;
    if (track.kind == TrackSettings::Kind::interface) {
        contribution.is_interface = true;
        contribution.up = interfaces.named(track.name).up;
    } else {
        const auto check = std::find_if(checks.begin(), checks.end(), [&](const CheckTracker& known) {
            return known.view().name == track.name;
        });
        assert(check != checks.end());
        contribution.known = check->state() != CheckView::State::unknown;
        contribution.up = check->state() == CheckView::State::up;
        if (track.proportional)
            contribution.share = check->share();
        weight = check->counts();
    }
    const auto share = contribution.share.value_or(contribution.up != track.reverse ? 1 : 0);
    // Who has not begun waits for the first result; who has, goes on as it is until there is one.
    contribution.applied = contribution.known ? applied_weight(track.weight, share) : 0;
    const bool is_against = contribution.applied < 0 || is_fault(contribution);
    contribution.idle = weight == Weight::none || (weight == Weight::against_only && !is_against);
    if (contribution.idle)
        contribution.applied = 0;
    return contribution;
}

std::vector<Contribution> Node::Parts::contributions_of(const InstanceSettings& instance) const {
    std::vector<Contribution> contributions;
    for (const auto& track : instance.track)
        contributions.push_back(contribution_of(track));
    return contributions;
}

std::vector<Fault> Node::Parts::faults_of(std::span<const Contribution> contributions) {
    std::vector<Fault> faults;
    for (const auto& contribution : contributions)
        if (is_fault(contribution))
            faults.push_back(fault_of(contribution));
    return faults;
}

} // namespace baton::vrrp
