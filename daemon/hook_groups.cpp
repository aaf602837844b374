// The sync groups among the subjects of hooks: who is a member, and which state a group is in.
//
// A group has come to a state with the last of its members, and to fault with the first.
#include "daemon/hooks.h"

#include "daemon/hook_views.h"

#include <algorithm>

namespace baton::daemon {

void Hooks::fit_groups(const config::Config& config) {
    for (auto& [name, group] : groups_)
        group.removed = true;
    std::set<std::string> named;
    for (const auto& settings : config.settings.sync_groups)
        named.insert(settings.name);
    for (std::size_t i = 0; i < config.settings.sync_groups.size(); ++i) {
        const auto& settings = config.settings.sync_groups[i];
        std::vector<std::string> members;
        for (const auto member : settings.members)
            members.push_back(config.settings.instances[member.value].name);
        rename_group(settings.name, members, named);
        auto& group = groups_[settings.name];
        group.settings = config.group_hooks[i];
        group.removed = group.told_deleted = false;
        group.last.group = settings.name;
        group.members = std::move(members);
        group.states.clear();
        group.count = {};
        for (const auto& member : group.members) {
            const auto& known = instances_.at(member);
            const auto state = known.began ? known.last.state : vrrp::State::initialize;
            group.states[member] = state;
            ++group.count[static_cast<std::size_t>(state)];
        }
        if (group.began)
            group.last.addresses = addresses_of_members(group);
        make_queue(group);
        come_in(group);
    }
    for (auto& [name, group] : groups_)
        if (group.removed)
            tell_deleted(group);
}

/// A group of the same members that only has another name goes on as it is.
void Hooks::rename_group(const std::string& name, const std::vector<std::string>& members,
                         const std::set<std::string>& named) {
    if (groups_.contains(name))
        return;
    const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const auto& entry) {
        return !named.contains(entry.first) && !entry.second.told_deleted && entry.second.members == members;
    });
    if (found == groups_.end())
        return;
    auto node = groups_.extract(found);
    node.key() = name;
    *node.mapped().group = name;
    groups_.insert(std::move(node));
}

std::vector<std::string> Hooks::addresses_of_members(const Group& group) const {
    std::vector<std::string> addresses;
    for (const auto& member : group.members) {
        const auto& own = instances_.at(member).last.addresses;
        addresses.insert(addresses.end(), own.begin(), own.end());
    }
    return addresses;
}

/// A new one, or one that has been deleted and comes again, is in the state that its members are in already,
/// and its hooks have not been run for that.
void Hooks::come_in(Group& group) {
    const auto state = group.common_state();
    if (!group.began && state && *state != vrrp::State::initialize)
        take_state(group, *state, instances_.at(group.members.front()).last);
}

void Hooks::follow_groups(const HookOccasion& member) {
    for (auto& [name, group] : groups_) {
        if (!group.enters(member.instance, member.state))
            continue;
        const auto state = group.common_state();
        const auto before = group.began ? group.last.state : vrrp::State::initialize;
        if (state && *state != before)
            take_state(group, *state, member);
    }
}

/// Told as its member was told last.
void Hooks::take_state(Group& group, vrrp::State state, const HookOccasion& member) {
    auto occasion = member;
    occasion.instance.clear();
    occasion.group = *group.group;
    occasion.priority.reset();
    occasion.interface.clear();
    occasion.previous = group.began ? group.last.state : vrrp::State::initialize;
    occasion.state = state;
    occasion.addresses = addresses_of_members(group);
    group.last = occasion;
    group.began = true;
    if (const auto event = event_of(state)) {
        group.last.event = *event;
        happen(group, group.last);
    }
}

/// False: it is no member. Takes as long for a thousand members as for two: adverts wait meanwhile.
bool Hooks::Group::enters(const std::string& member, vrrp::State state) {
    const auto found = states.find(member);
    if (found == states.end())
        return false;
    --count[static_cast<std::size_t>(found->second)];
    ++count[static_cast<std::size_t>(state)];
    found->second = state;
    return true;
}

/// All in one state, or one in fault; nothing while they differ.
std::optional<vrrp::State> Hooks::Group::common_state() const {
    if (count[static_cast<std::size_t>(vrrp::State::fault)] != 0)
        return vrrp::State::fault;
    for (const auto state : {vrrp::State::initialize, vrrp::State::backup, vrrp::State::active})
        if (count[static_cast<std::size_t>(state)] == states.size())
            return state;
    return std::nullopt;
}

std::vector<control::GroupView> Hooks::groups() const {
    std::vector<control::GroupView> views;
    for (const auto& [name, group] : groups_)
        if (!group.removed)
            views.push_back({name, group.members, hooks_view(group.settings, *group.queue)});
    return views;
}

} // namespace baton::daemon
