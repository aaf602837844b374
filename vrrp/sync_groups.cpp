#include "vrrp/sync_groups.h"

#include "vrrp/left_out.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace baton::vrrp {
namespace {

bool tracks(const InstanceSettings& instance, const TrackSettings& track) {
    return std::any_of(instance.track.begin(), instance.track.end(), [&](const TrackSettings& own) {
        return own.kind == track.kind && own.name == track.name;
    });
}

void share_tracks(Settings& settings, const SyncGroupSettings& group) {
    std::vector<TrackSettings> all;
    for (const auto member : group.members) {
        const auto& instance = settings.instances[member.value];
        all.insert(all.end(), instance.track.begin(), instance.track.end());
    }
    for (const auto member : group.members)
        for (const auto& track : all)
            if (auto& instance = settings.instances[member.value]; !tracks(instance, track))
                instance.track.push_back(track);
}

void share_gate(Settings& settings, const SyncGroupSettings& group) {
    std::optional<GateSettings> shared;
    for (const auto member : group.members)
        if (const auto& own = settings.instances[member.value].gate) {
            const auto longest = shared ? std::max(shared->longest, own->longest) : own->longest;
            shared = {shared ? shared->on_failure : own->on_failure, longest, {}};
        }
    for (const auto member : group.members)
        if (auto& own = settings.instances[member.value].gate; shared)
            own = {own ? own->on_failure : shared->on_failure, shared->longest,
                   own ? own->programs : std::string{}};
}

bool is_tracked(const Fault& fault) {
    switch (fault.kind) {
    case Fault::Kind::check_down:
    case Fault::Kind::check_up:
    case Fault::Kind::tracked_interface_down:
    case Fault::Kind::tracked_interface_up:
        return true;
    default:
        return false;
    }
}

/// Who waits for a member that stands aside is told by no timer when that is over.
constexpr Duration look_again = std::chrono::seconds(1);

template <class Any>
void set_together(Any& effect, std::span<const InstanceId> members) {
    if constexpr (requires { effect.together; })
        effect.together = members;
}

/// Whether the other members do the same. Faults are shared another way.
bool leads(const Transitioned& transition) {
    return transition.to == State::active ||
           (transition.from == State::active && transition.to == State::backup);
}

} // namespace

Settings with_shared_tracks(Settings settings) {
    for (const auto& group : settings.sync_groups) {
        share_tracks(settings, group);
        share_gate(settings, group);
    }
    return settings;
}

void SyncGroups::regroup(const std::vector<SyncGroupSettings>& groups) {
    const auto before = std::exchange(groups_, {});
    group_of_.clear();
    for (const auto& group : groups) {
        for (const auto member : group.members)
            group_of_[member] = groups_.size();
        const auto known = std::find_if(before.begin(), before.end(),
                                        [&](const Group& one) { return one.name == group.name; });
        groups_.push_back(
            {group.name, group.members, known == before.end() ? std::nullopt : known->not_before});
    }
}

void SyncGroups::release_others(Time now, Effects& out) {
    routers_.each([&](Router& router) {
        if (!group_of_.contains(router.id()))
            router.share_fault(std::nullopt, now, out);
    });
}

std::vector<InstanceId> SyncGroups::together_with(InstanceId instance) const {
    const auto place = group_of_.find(instance);
    return place == group_of_.end() ? std::vector{instance} : groups_[place->second].members;
}

SyncGroups::Group* SyncGroups::group_of(InstanceId instance) {
    const auto place = group_of_.find(instance);
    return place == group_of_.end() ? nullptr : &groups_[place->second];
}

void SyncGroups::wake(Time now, Effects& out) {
    for (const auto& group : groups_)
        for (const auto member : group.members)
            routers_[member].let_go_if_stalled(now, out);
}

bool SyncGroups::share_faults(Time now, Effects& out) {
    bool all_told = true;
    for (const auto& group : groups_)
        all_told = share_faults(group, now, out) && all_told;
    return all_told;
}

bool SyncGroups::share_faults(const Group& group, Time now, Effects& out) {
    bool all_told = true;
    for (const auto member : group.members) {
        auto& router = routers_[member];
        auto fault = fault_beside(group, member);
        if (fault && router.is_taking_over())
            all_told = false;
        else
            router.share_fault(std::move(fault), now, out);
    }
    return all_told;
}

/// The first fault of another member; but not what both track, which this one sees by itself.
std::optional<Fault> SyncGroups::fault_beside(const Group& group, InstanceId instance) const {
    for (const auto member : group.members) {
        if (member == instance)
            continue;
        const auto others = routers_[member].faults_of_its_own();
        if (others.empty())
            continue;
        const auto own = routers_[instance].faults_of_its_own();
        for (const auto& fault : others)
            if (!is_tracked(fault) || std::find(own.begin(), own.end(), fault) == own.end())
                return Fault{Fault::Kind::group_member, routers_[member].settings().name + " of group " +
                                                            group.name + ": " + describe(fault)};
    }
    return std::nullopt;
}

void SyncGroups::put_off(Time now, Effects& out) {
    for (const auto& group : groups_) {
        release_together(group);
        put_off(group, now);
        gather_at_gates(group, now, out);
    }
}

/// Rule 7.
void SyncGroups::gather_at_gates(const Group& group, Time now, Effects& out) {
    const auto some = [&](auto what) {
        return std::any_of(group.members.begin(), group.members.end(),
                           [&](InstanceId member) { return what(routers_[member]); });
    };
    if (!some([&](const Router& router) { return router.is_due(now); }) ||
        !some([](const Router& router) { return router.is_at_closed_gate(); }))
        return;
    for (const auto member : group.members) {
        routers_[member].ask_gate(out);
        if (routers_[member].is_due(now))
            routers_[member].wait_at_gate(out);
    }
}

void SyncGroups::gate_finished(const HookFinished& finished, Time now, Effects& out) {
    const auto members = together_with(finished.instance);
    routers_[finished.instance].gate_finished(finished, now, out);
    if (!finished.ok) {
        for (const auto member : members)
            if (member != finished.instance)
                routers_[member].give_way(now, out);
        return;
    }
    pass_gates(members, now);
}

void SyncGroups::pass_gates(const std::vector<InstanceId>& members, Time now) {
    const bool closed = std::any_of(members.begin(), members.end(),
                                    [&](InstanceId member) { return routers_[member].is_at_closed_gate(); });
    if (!closed)
        for (const auto member : members)
            routers_[member].pass_gate(now);
}

void SyncGroups::pass_open_gates(Time now) {
    routers_.each([&](Router& router) {
        if (router.waits_at_gate())
            pass_gates(together_with(router.id()), now);
    });
}

void SyncGroups::release_together(const Group& group) {
    const bool one_is_aside = std::any_of(group.members.begin(), group.members.end(),
                                          [&](InstanceId member) { return routers_[member].stands_aside(); });
    if (!one_is_aside)
        return;
    for (const auto member : group.members)
        routers_[member].force_release();
}

void SyncGroups::put_off(const Group& group, Time now) {
    auto until = group.not_before;
    for (const auto member : group.members) {
        if (routers_[member].stands_aside())
            until = std::max(until.value_or(now), now + look_again);
        if (const auto superior = routers_[member].yields_until(); superior && *superior > now)
            until = std::max(until.value_or(*superior), *superior);
    }
    if (!until || *until <= now)
        return;
    for (const auto member : group.members)
        routers_[member].put_off_takeover(now, *until);
}

/// Members that are free of a fault of another one may follow now, or take over at once (an owner does) and
/// be followed.
bool SyncGroups::settle(Effects& effects, Time now) {
    if (groups_.empty())
        return true;
    bool all_told = true;
    std::size_t seen = 0;
    do {
        follow(effects, now);
        seen = effects.size();
        all_told = share_faults(now, effects);
    } while (effects.size() != seen);
    hold_together(effects);
    return all_told;
}

void SyncGroups::hold_together(Effects& effects) const {
    for (const auto& group : groups_)
        hold_together(group, effects);
}

/// Who takes over comes to this vector one after the other; but what one of them cannot hold, none of them
/// may have told of. All else that members have to tell is so whatever can be held, and comes before.
void SyncGroups::hold_together(const Group& group, Effects& effects) const {
    const auto is_of_member = [&](const Effect& effect) {
        const auto instance = instance_of(effect);
        const auto& members = group.members;
        return instance && std::find(members.begin(), members.end(), *instance) != members.end();
    };
    const auto takes_over = [&](const Effect& effect) {
        return is_of_member(effect) && std::as_const(routers_)[*instance_of(effect)].is_taking_over();
    };
    const auto is_hold = [&](const Effect& effect) {
        return (std::holds_alternative<HoldAddresses>(effect) ||
                std::holds_alternative<HoldRoutes>(effect)) &&
               takes_over(effect);
    };
    const auto first = std::find_if(effects.begin(), effects.end(), is_hold);
    if (first == effects.end())
        return;
    Effects before; // of a member that came out of a fault just now, say, or went into one
    Effects holds;
    Effects rest;
    std::vector<InstanceId> holding;
    for (auto effect = first; effect != effects.end(); ++effect) {
        if (is_hold(*effect)) {
            std::visit([&](auto& one) { set_together(one, group.members); }, *effect);
            holding.push_back(*instance_of(*effect));
            holds.push_back(std::move(*effect));
        } else if (is_of_member(*effect) &&
                   std::find(holding.begin(), holding.end(), *instance_of(*effect)) == holding.end()) {
            before.push_back(std::move(*effect));
        } else {
            rest.push_back(std::move(*effect));
        }
    }
    effects.erase(first, effects.end());
    for (auto* part : {&before, &holds, &rest})
        std::move(part->begin(), part->end(), std::back_inserter(effects));
}

void SyncGroups::abandon_takeover(InstanceId failed, Effects& out) {
    const auto* group = group_of(failed);
    if (group == nullptr || !routers_[failed].is_taking_over())
        return;
    for (const auto member : group->members)
        if (member != failed && routers_[member].is_taking_over())
            routers_[member].abandon_takeover(out);
}

/// Of several of one group the last one leads: a member may have yielded in the same moment, and before
/// another one took over (wake()). Who follows already is not asked again.
void SyncGroups::follow(Effects& effects, Time now) {
    std::vector<const Transitioned*> leading;
    for (const auto& effect : effects) {
        const auto* transition = std::get_if<Transitioned>(&effect);
        auto* group = transition == nullptr ? nullptr : group_of(transition->instance);
        if (group == nullptr)
            continue;
        if (const auto pause = routers_[transition->instance].pause_after(*transition))
            group->not_before = now + *pause;
        if (!leads(*transition))
            continue;
        std::erase_if(leading, [&](const Transitioned* other) { return group_of(other->instance) == group; });
        leading.push_back(transition);
    }
    Effects more;
    for (const auto* transition : leading)
        follow(*transition, now, more);
    effects.insert(effects.end(), more.begin(), more.end());
}

void SyncGroups::follow(const Transitioned& transition, Time now, Effects& out) {
    const auto& leader = routers_[transition.instance].settings().name;
    for (const auto member : group_of(transition.instance)->members) {
        if (member == transition.instance)
            continue;
        if (transition.to == State::active)
            routers_[member].follow_to_active(leader, now, out);
        else
            routers_[member].follow_to_backup(leader, now, out);
    }
}

} // namespace baton::vrrp
