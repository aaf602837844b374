#include "daemon/virtual_macs.h"

#include "daemon/interfaces.h"

#include <algorithm>
#include <array>
#include <net/if.h>
#include <utility>
#include <vector>

namespace baton::daemon {
namespace {

using netlink::Setting;
using Recipe = std::vector<std::pair<Setting, int>>;

/// Answer ARP for the interface's own addresses only, and ask in their name only.
const Recipe one_answer{{Setting::arp_ignore, 1}, {Setting::arp_announce, 2}};

/// Loose, because the way back to a client may be the interface below; not off, so that "all" may be strict.
const Recipe loose_return{{Setting::rp_filter, 2}};

/// Silent until it is let speak: no IPv6 but the addresses that are put there, and those can be.
const Recipe quiet_ipv6{{Setting::accept_ra, 0},
                        {Setting::autoconf, 0},
                        {Setting::router_solicitations, 0},
                        {Setting::accept_dad, 0},
                        {Setting::disable_ipv6, 0}}; // which new interfaces may have on

/// One that is being deleted may be gone while its last events are on their way.
bool exists(IfIndex interface) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(interface.value, name.data()) != nullptr;
}

} // namespace

VirtualMacs::~VirtualMacs() {
    for (const auto& [name, made] : made_)
        (void)macvlans_.remove(made.index); // told by the next start, which sweeps
}

/// Of two that want the same name, the one that is here already has it; the other waits for it to leave.
void VirtualMacs::want(const std::vector<vrrp::Occupant>& occupants) {
    wanted_.clear();
    for (const bool waiting : {false, true})
        for (const auto& occupant : occupants)
            if (!occupant.left && occupant.waiting == waiting && occupant.settings->virtual_mac)
                wanted_.try_emplace(occupant.settings->holder, *occupant.settings);
}

Result<void, Error> VirtualMacs::fit() {
    Result<void, Error> result;
    const auto note = [&](const Result<void, Error>& done) {
        if (!done && result)
            result = done;
    };
    for (auto entry = made_.begin(); entry != made_.end();) {
        if (is_wanted(entry->first, entry->second)) {
            ++entry;
            continue;
        }
        const auto made = entry->second;
        entry = made_.erase(entry);
        note(remove(made));
    }
    for (const auto& [name, index] : interfaces_of_this_host())
        note(make_on(name, index));
    return result;
}

bool VirtualMacs::is_wanted(const std::string& name, const Made& made) const {
    const auto wanted = wanted_.find(name);
    if (wanted == wanted_.end())
        return false;
    const auto& instance = wanted->second;
    return instance.interface == made.below && instance.vrid == made.vrid && instance.family() == made.family;
}

/// The settings of the interface below are put back with the last that stands on it.
Result<void, Error> VirtualMacs::remove(const Made& made) {
    if (auto removed = macvlans_.remove(made.index); !removed)
        return removed;
    const bool alone = std::none_of(made_.begin(), made_.end(), [&](const auto& entry) {
        return entry.second.below_index == made.below_index && entry.second.family == Family::ipv4;
    });
    (void)saved_.restore(made.index); // gone with it
    return alone ? saved_.restore(made.below_index) : Result<void, Error>();
}

Result<void, Error> VirtualMacs::make_on(const std::string& interface, IfIndex index) {
    for (const auto& [holder, instance] : wanted_) {
        if (instance.interface != interface || is_made(holder))
            continue;
        if (instance.family() == Family::ipv6 && !saved_.does_ipv6(index))
            continue; // its adverts cannot be sent either, and that is told
        if (auto made = make(instance, index); !made && exists(index))
            return made;
    }
    return {};
}

/// One of IPv6 that the kernel does no IPv6 on any more is made anew: its MTU fell with that of the interface
/// below, and does not rise with it.
bool VirtualMacs::is_made(const std::string& holder) {
    const auto found = made_.find(holder);
    return found != made_.end() &&
           (found->second.family == Family::ipv4 || saved_.does_ipv6(found->second.index));
}

Result<void, Error> VirtualMacs::replace_gone(const std::string& name) {
    const auto found = made_.find(name);
    if (found == made_.end())
        return {};
    const auto made = found->second;
    made_.erase(found);
    if (auto removed = remove(made); !removed)
        return removed;
    return fit();
}

Result<bool, Error> VirtualMacs::keep_address(const std::string& name, IfIndex index, const MacAddress& mac) {
    const auto found = made_.find(name);
    if (found == made_.end() || found->second.index != index)
        return false;
    const auto ours = vrrp::virtual_mac_address(found->second.family, found->second.vrid);
    if (mac == ours)
        return false;
    if (auto set = macvlans_.set_address(index, ours); !set)
        return set.error();
    return true;
}

Result<void, Error> VirtualMacs::make(const vrrp::InstanceSettings& instance, IfIndex parent) {
    const auto family = instance.family();
    const auto macvlan =
        macvlans_.create({instance.holder, parent, vrrp::virtual_mac_address(family, instance.vrid)});
    if (!macvlan)
        return macvlan.error();
    const Made made{*macvlan, family, instance.vrid, instance.interface, parent};
    if (auto prepared = prepare(instance, parent, *macvlan); !prepared) {
        (void)remove(made); // what was wrong before is told
        return prepared;
    }
    made_[instance.holder] = made;
    return {};
}

Result<void, Error> VirtualMacs::prepare(const vrrp::InstanceSettings& instance, IfIndex parent,
                                         IfIndex macvlan) {
    const auto apply = [this](IfIndex interface, const Recipe& recipe) -> Result<void, Error> {
        for (const auto& [setting, value] : recipe)
            if (auto set = saved_.set(interface, setting, value); !set)
                return set;
        return {};
    };
    if (instance.family() == Family::ipv6)
        return apply(macvlan, quiet_ipv6);
    for (const auto& [interface, recipe] :
         {std::pair(parent, &one_answer), {macvlan, &one_answer}, {macvlan, &loose_return}})
        if (auto applied = apply(interface, *recipe); !applied)
            return applied;
    return keep_ipv6_off(macvlan);
}

/// Where the kernel does no IPv6 it is off already.
Result<void, Error> VirtualMacs::keep_ipv6_off(IfIndex macvlan) {
    if (!saved_.does_ipv6(macvlan))
        return {};
    return saved_.set(macvlan, Setting::disable_ipv6, 1);
}

std::optional<IfIndex> VirtualMacs::below(IfIndex index) const {
    for (const auto& [name, made] : made_)
        if (made.index == index)
            return made.below_index;
    return std::nullopt;
}

std::optional<MacAddress> VirtualMacs::address(IfIndex index) const {
    for (const auto& [name, made] : made_)
        if (made.index == index)
            return vrrp::virtual_mac_address(made.family, made.vrid);
    return std::nullopt;
}

/// A router sets the R flag in its neighbour advertisements (RFC 9568 section 6.4.3); but the setting for
/// that makes the link speak, so it comes once it may. For IPv4, somebody may have made room for IPv6 since
/// it was made (its MTU), and that is on by default.
Result<void, Error> VirtualMacs::let_speak(IfIndex index) {
    const auto found = std::find_if(made_.begin(), made_.end(),
                                    [&](const auto& entry) { return entry.second.index == index; });
    const bool ipv6 = found != made_.end() && found->second.family == Family::ipv6;
    if (!ipv6)
        if (auto off = keep_ipv6_off(index); !off)
            return off;
    if (auto up = macvlans_.set_up(index); !up)
        return up;
    return ipv6 ? saved_.set(index, Setting::forwarding_ipv6, 1) : Result<void, Error>();
}

} // namespace baton::daemon
