// How a Node takes over other settings while it runs. What happens to the routers stands in routers.h.
#include "vrrp/node_parts.h"

#include <algorithm>
#include <iterator>

namespace baton::vrrp {

void Node::Parts::on(const Reconfigured& reconfigured, Time now, Effects& out) {
    if (shutting_down)
        return;
    settings = with_shared_tracks(reconfigured.settings);
    take_checks(now);
    routers.plan(settings.instances, now, out);
    advance(now, out);
    change_rate(out);
}

/// Who has left makes room for those that waited.
void Node::Parts::advance(Time now, Effects& out) {
    const auto step = routers.advance(now, out);
    ++composition;
    interfaces.use(routers.occupants());
    listeners.index(routers, interfaces);
    sync_groups.regroup(present_groups());
    drop_checks();
    for (const auto id : step.gone)
        (void)pace.forget(id);
    for (const auto id : step.begun)
        (void)pace.forget(id);
    std::vector<InstanceId> unannounced; // what waits borrows from the settings that were
    std::copy_if(step.changed.begin(), step.changed.end(), std::back_inserter(unannounced),
                 [&](InstanceId id) { return pace.forget(id); });
    update_routers(now, out);
    sync_groups.pass_open_gates(now);
    for (const auto id : unannounced)
        routers[id].announce_again(out);
    sync_groups.release_others(now, out);
    disown_strays(now);
    begin(step.begun, now, out);
}

void Node::Parts::begin(const std::vector<InstanceId>& begun, Time now, Effects& out) {
    for (const auto id : begun)
        if (taking_part)
            routers[id].startup(now, out);
        else if (startup_at)
            routers[id].delay_startup(*startup_at - now);
}

/// An address that one could not release, and another one has by now, is the other's business.
void Node::Parts::disown_strays(Time now) {
    routers.each([&](Router& router) {
        if (!router.has_stray())
            return;
        routers.each([&](Router& other) {
            if (other.id() != router.id() && router.disown(other.settings()))
                other.inherit(now);
        });
    });
}

/// A check of the same name goes on from where it stands, whatever it runs now.
void Node::Parts::take_checks(Time now) {
    for (const auto& check : settings.checks) {
        if (auto* known = find_check(check.name)) {
            known->use(check);
            continue;
        }
        auto* place = find_check("");
        (place == nullptr ? checks.emplace_back(check, now) : *place) = CheckTracker(check, now);
    }
}

/// A router that leaves, or waits, may still go by a check that is no longer wanted.
void Node::Parts::drop_checks() {
    for (auto& check : checks) {
        const auto& name = check.view().name;
        const bool wanted =
            std::any_of(settings.checks.begin(), settings.checks.end(),
                        [&](const CheckSettings& settings_of_it) { return settings_of_it.name == name; });
        if (!wanted && !tracked(name))
            check = CheckTracker({}, {});
    }
}

bool Node::Parts::tracked(const std::string& check) const {
    bool found = false;
    routers.each([&](const Router& router) {
        const auto& track = router.settings().track;
        found = found || std::any_of(track.begin(), track.end(), [&](const TrackSettings& entry) {
                    return entry.kind == TrackSettings::Kind::check && entry.name == check;
                });
    });
    return found;
}

CheckTracker* Node::Parts::find_check(const std::string& name) {
    const auto found = std::find_if(checks.begin(), checks.end(),
                                    [&](const CheckTracker& check) { return check.view().name == name; });
    return found == checks.end() ? nullptr : &*found;
}

/// What waits was counted at the old rate: all of it is asked for again.
void Node::Parts::change_rate(Effects& out) {
    if (!pace.set_rate(settings.announce_rate))
        return;
    routers.each([&](Router& router) {
        if (pace.forget(router.id()))
            router.announce_again(out);
    });
}

/// With the places of those that are here and stay.
std::vector<SyncGroupSettings> Node::Parts::present_groups() const {
    std::vector<SyncGroupSettings> groups;
    for (const auto& wanted : settings.sync_groups) {
        SyncGroupSettings group{wanted.name, {}};
        for (const auto member : wanted.members)
            if (const auto id = routers.find(settings.instances[member.value].name))
                group.members.push_back(*id);
        groups.push_back(std::move(group));
    }
    return groups;
}

} // namespace baton::vrrp
