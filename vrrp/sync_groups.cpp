#include "vrrp/sync_groups.h"

#include <algorithm>

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

bool is_tracked(const Fault& fault) {
    return fault.kind == Fault::Kind::check_down || fault.kind == Fault::Kind::tracked_interface_down;
}

} // namespace

Settings with_shared_tracks(Settings settings) {
    for (const auto& group : settings.sync_groups)
        share_tracks(settings, group);
    return settings;
}

SyncGroups::SyncGroups(const Settings& settings, std::vector<Router>& routers)
    : group_of_(settings.instances.size()), routers_(routers), settings_(settings) {
    for (const auto& group : settings.sync_groups) {
        for (const auto member : group.members)
            group_of_[member.value] = groups_.size();
        groups_.push_back({group.name, group.members, std::nullopt});
    }
}

SyncGroups::Group* SyncGroups::group_of(InstanceId instance) {
    const auto place = group_of_[instance.value];
    return place ? &groups_[*place] : nullptr;
}

void SyncGroups::confirm_takeovers() {
    for (const auto& group : groups_)
        for (const auto member : group.members)
            routers_[member.value].confirm_takeover();
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
        auto& router = routers_[member.value];
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
        const auto others = routers_[member.value].faults_of_its_own();
        if (others.empty())
            continue;
        const auto own = routers_[instance.value].faults_of_its_own();
        for (const auto& fault : others)
            if (!is_tracked(fault) || std::find(own.begin(), own.end(), fault) == own.end())
                return Fault{Fault::Kind::group_member, settings_.instances[member.value].name +
                                                            " of group " + group.name + ": " +
                                                            describe(fault)};
    }
    return std::nullopt;
}

void SyncGroups::put_off(Time now) {
    for (const auto& group : groups_)
        put_off(group, now);
}

void SyncGroups::put_off(const Group& group, Time now) {
    auto until = group.not_before;
    for (const auto member : group.members)
        if (const auto superior = routers_[member.value].yields_until(); superior && *superior > now)
            until = std::max(until.value_or(*superior), *superior);
    if (!until || *until <= now)
        return;
    for (const auto member : group.members)
        routers_[member.value].put_off_takeover(now, *until);
}

/// A member that is free of a fault of another one may take over at once (an owner does), and is followed
/// too.
bool SyncGroups::settle(Effects& effects, Time now) {
    if (groups_.empty())
        return true;
    bool all_told = true;
    std::size_t seen = 0;
    do {
        follow(seen, effects, now);
        seen = effects.size();
        all_told = share_faults(now, effects);
    } while (effects.size() != seen);
    return all_told;
}

/// Those from the one numbered `from` on.
void SyncGroups::follow(std::size_t from, Effects& effects, Time now) {
    Effects more;
    for (std::size_t i = from; i < effects.size(); ++i)
        if (const auto* transition = std::get_if<Transitioned>(&effects[i]))
            follow(*transition, now, more);
    effects.insert(effects.end(), more.begin(), more.end());
}

void SyncGroups::follow(const Transitioned& transition, Time now, Effects& out) {
    auto* group = group_of(transition.instance);
    if (group == nullptr)
        return;
    if (const auto pause = routers_[transition.instance.value].pause_after(transition))
        group->not_before = now + *pause;
    const auto& leader = settings_.instances[transition.instance.value].name;
    for (const auto member : group->members) {
        if (member == transition.instance)
            continue;
        if (transition.to == State::active)
            routers_[member.value].follow_to_active(leader, now, out);
        else if (transition.from == State::active && transition.to == State::backup)
            routers_[member.value].follow_to_backup(leader, now, out);
    }
}

} // namespace baton::vrrp
