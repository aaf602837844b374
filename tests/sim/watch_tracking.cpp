// What a Watch knows of the world around the routers: checks, links, addresses, and the priorities they make.
#include "tests/sim/watch.h"

#include <algorithm>

namespace baton::sim {
namespace {

bool may_send(const IpAddress& address, const vrrp::InstanceSettings& settings) {
    if (settings.source)
        return address == *settings.source;
    if (address.family() != settings.family())
        return false;
    const bool to_link_local =
        settings.unicast.peers.empty() || settings.unicast.peers.front().is_link_local();
    return address.family() == Family::ipv4 || address.is_link_local() == to_link_local;
}

} // namespace

/// The whole history is read anew each time: slow, and hard to get wrong.
std::optional<bool> Watch::check_up(std::size_t check) const {
    std::optional<bool> up;
    unsigned against = 0;
    for (const bool ok : results_[check]) {
        against = up && ok != *up ? against + 1 : 0;
        const unsigned needed = ok ? settings_.checks[check].rise : settings_.checks[check].fall;
        if (!up || against >= needed) {
            up = ok;
            against = 0;
        }
    }
    return up;
}

bool Watch::tracked_up(const vrrp::TrackSettings& track) const {
    if (track.kind == vrrp::TrackSettings::Kind::interface) {
        const auto link = links_.find(track.name);
        return link != links_.end() && link->second;
    }
    const auto check = find_check(track);
    return check && check_up(*check).value_or(false);
}

std::optional<std::size_t> Watch::find_check(const vrrp::TrackSettings& track) const {
    for (std::size_t i = 0; i < settings_.checks.size(); ++i)
        if (track.kind == vrrp::TrackSettings::Kind::check && settings_.checks[i].name == track.name)
            return i;
    return std::nullopt;
}

bool Watch::known(const vrrp::TrackSettings& track) const {
    const auto check = find_check(track);
    return !check || check_up(*check).has_value();
}

/// What it has found counts against those that track it, at most.
bool Watch::rests(const vrrp::TrackSettings& track, const std::vector<bool>& runs) const {
    const auto check = find_check(track);
    return check && !runs[*check];
}

/// A group's members become Active together, a step after the first of them.
void Watch::check_runs() const {
    for (std::size_t i = 0; i < settings_.checks.size() && !grouped(); ++i) {
        bool wanted = !settings_.checks[i].while_active;
        for (std::size_t k = 0; k < instances_.size(); ++k)
            for (const auto& track : settings_.instances[k].track)
                wanted = wanted || (track.name == settings_.checks[i].name && !instances_[k].resigned &&
                                    instances_[k].state == vrrp::State::active);
        if (wanted != runs_[i])
            throw Violation(host_ + ": broken: a check runs always, or while an instance is Active");
    }
}

int Watch::priority(std::size_t instance) const { return priority(instance, runs_); }

int Watch::priority(std::size_t instance, const std::vector<bool>& runs) const {
    const auto& settings = settings_.instances[instance];
    if (settings.priority == vrrp::owner)
        return 255;
    int priority = settings.priority.value;
    for (const auto& track : settings.track) {
        const bool up = tracked_up(track);
        if (!known(track))
            continue; // adds nothing and takes nothing, until its first result
        if ((track.weight > 0 && up && !rests(track, runs)) || (track.weight < 0 && !up))
            priority += track.weight;
    }
    return std::clamp(priority, 1, 254);
}

bool Watch::kept_out(std::size_t instance) const {
    const auto& settings = settings_.instances[instance];
    const auto link = links_.find(settings.interface);
    if (link == links_.end() || !link->second || !instances_[instance].primary)
        return true;
    return std::any_of(settings.track.begin(), settings.track.end(), [&](const vrrp::TrackSettings& track) {
        const auto check = find_check(track);
        const bool neutral = check && !known(track) && settings_.checks[*check].while_active;
        return track.weight == 0 && !tracked_up(track) && !neutral;
    });
}

void Watch::learn(const vrrp::LinkChanged& event) {
    links_[event.name] = event.exists && event.up;
    const auto known = indexes_.find(event.name);
    const bool same = event.exists && known != indexes_.end() && known->second == event.index;
    if (same)
        return;
    if (known != indexes_.end())
        for (auto& instance : instances_)
            instance.held_on.erase(known->second); // gone with it
    if (event.exists)
        indexes_[event.name] = event.index;
    else
        indexes_.erase(event.name);
    for (std::size_t i = 0; i < instances_.size(); ++i) // nothing is known of the new one's addresses
        if (settings_.instances[i].interface == event.name)
            instances_[i].primary.reset();
}

/// RFC 9568 section 1.4: the first address of the interface that is not virtual; if there is no other, a
/// virtual one that this host owns. IPv6: link-local, unless the peers are not (section 5.1.2.1). Or the one
/// that is asked for.
void Watch::learn(const vrrp::AddressesChanged& event) {
    std::set<IpAddress> virtual_ones;
    std::set<IpAddress> owned_ones;
    for (const auto& settings : settings_.instances)
        for (const auto& prefix : settings.addresses) {
            virtual_ones.insert(prefix.address);
            if (settings.adopts_addresses())
                owned_ones.insert(prefix.address);
        }
    std::vector<IpAddress> real;
    std::vector<IpAddress> owned;
    std::vector<IpAddress> strange; // virtual, and not ours: sent from only where somebody asks for it
    for (const auto& address : event.addresses) {
        if (address.ours)
            continue;
        own_sources_.insert(address.prefix.address);
        if (address.tentative)
            continue;
        const auto& one = address.prefix.address;
        (!virtual_ones.contains(one) ? real : owned_ones.contains(one) ? owned : strange).push_back(one);
    }
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const auto& settings = settings_.instances[i];
        const auto there = indexes_.find(settings.interface);
        if (there == indexes_.end() || there->second != event.index)
            continue;
        std::vector<IpAddress> candidates = real;
        candidates.insert(candidates.end(), owned.begin(), owned.end());
        if (settings.source)
            candidates.insert(candidates.end(), strange.begin(), strange.end());
        std::erase_if(candidates, [&](const IpAddress& address) { return !may_send(address, settings); });
        instances_[i].primary = candidates.empty() ? std::nullopt : std::optional(candidates.front());
    }
}

} // namespace baton::sim
