// What a Watch knows of the world around the routers: checks, links, addresses, and the priorities they make.
#include "tests/sim/watch.h"

#include <algorithm>

namespace baton::sim {

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
    for (std::size_t i = 0; i < settings_.checks.size(); ++i)
        if (settings_.checks[i].name == track.name)
            return check_up(i).value_or(false);
    return false;
}

int Watch::priority(std::size_t instance) const {
    const auto& settings = settings_.instances[instance];
    if (settings.priority == vrrp::owner)
        return 255;
    int priority = settings.priority.value;
    for (const auto& track : settings.track) {
        const bool up = tracked_up(track);
        if ((track.weight > 0 && up) || (track.weight < 0 && !up))
            priority += track.weight;
    }
    return std::clamp(priority, 1, 254);
}

bool Watch::kept_out(std::size_t instance) const {
    const auto& settings = settings_.instances[instance];
    const auto link = links_.find(settings.interface);
    if (link == links_.end() || !link->second)
        return true;
    return std::any_of(settings.track.begin(), settings.track.end(), [&](const vrrp::TrackSettings& track) {
        return track.weight == 0 && !tracked_up(track);
    });
}

/// RFC 9568 section 1.4: the first address of the interface that is not virtual; the owner's may be.
void Watch::learn(const vrrp::AddressesChanged& event) {
    std::vector<IpAddress> own;
    std::set<IpAddress> virtual_ones;
    for (const auto& settings : settings_.instances)
        for (const auto& prefix : settings.addresses)
            virtual_ones.insert(prefix.address);
    for (const auto& address : event.addresses)
        if (!address.ours)
            own.push_back(address.prefix.address);
    own_sources_.insert(own.begin(), own.end());
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const auto usable = [&](const IpAddress& address) {
            return settings_.instances[i].priority == vrrp::owner || !virtual_ones.contains(address);
        };
        const auto found = std::find_if(own.begin(), own.end(), usable);
        if (names_[event.index] == settings_.instances[i].interface && found != own.end())
            instances_[i].primary = *found;
    }
}

} // namespace baton::sim
