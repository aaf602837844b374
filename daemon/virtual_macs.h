// The interfaces with virtual MAC addresses (RFC 9568 section 7.3): makes them, lets them speak while their
// router is Active, keeps them silent otherwise, and puts everything back at the end.
//
// One macvlan for each instance that asks for one. Its settings, and those of the interface below, see to it
// that each of the two answers ARP for its own addresses alone (ip-sysctl(5), arp_ignore and arp_announce):
// else hosts would learn the physical MAC address for a virtual IP address.
#pragma once

#include "base/result.h"
#include "base/strong.h"
#include "netlink/macvlan.h"
#include "netlink/saved_settings.h"
#include "vrrp/occupant.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace baton::daemon {

class VirtualMacs {
public:
    /// `requests` must outlive this.
    explicit VirtualMacs(netlink::Socket& requests) : macvlans_(requests), saved_(requests) {}
    ~VirtualMacs();
    VirtualMacs(const VirtualMacs&) = delete;
    VirtualMacs& operator=(const VirtualMacs&) = delete;

    /// Removes what an earlier run left.
    [[nodiscard]] Result<void, Error> sweep() { return macvlans_.sweep(); }

    /// Which are needed from now on. Nothing is made or removed yet.
    void want(const std::vector<vrrp::Occupant>& occupants);

    /// Removes what is not needed any more, or not so, and makes what is missing. Those that cannot be made
    /// are tried all the same, and the first error is told.
    [[nodiscard]] Result<void, Error> fit();

    /// The interface of that name is there under that number: makes what stands on it, unless it is there.
    [[nodiscard]] Result<void, Error> make_on(const std::string& interface, IfIndex index);

    /// An interface has this MAC address: if it is one of ours and should have another, it gets that back.
    /// True when that was needed.
    [[nodiscard]] Result<bool, Error> keep_address(const std::string& name, IfIndex index,
                                                   const MacAddress& mac);

    /// There is no interface of that name any more. If it was one of ours it is made again; should it be
    /// there under another name, it goes first, for it has our MAC address.
    [[nodiscard]] Result<void, Error> replace_gone(const std::string& name);

    /// Whether one could not be made so far.
    [[nodiscard]] bool lacks_any() const { return made_.size() < wanted_.size(); }

    /// Whether an interface is there that has the name of one of ours and is not.
    [[nodiscard]] bool is_taken(const std::string& name, IfIndex index) const {
        return wanted_.contains(name) && !made(index);
    }

    /// Whether the interface of that number is one of ours.
    [[nodiscard]] bool made(IfIndex index) const { return below(index).has_value(); }
    /// The interface that one of them stands on.
    [[nodiscard]] std::optional<IfIndex> below(IfIndex index) const;
    /// The MAC address that one of them has, or gets back at once.
    [[nodiscard]] std::optional<MacAddress> address(IfIndex index) const;

    /// From now on it sends and answers; from now on it is silent. Only for one of ours.
    [[nodiscard]] Result<void, Error> let_speak(IfIndex index);
    [[nodiscard]] Result<void, Error> silence(IfIndex index) { return macvlans_.set_down(index); }

private:
    [[nodiscard]] Result<void, Error> make(const vrrp::InstanceSettings& instance, IfIndex parent);
    [[nodiscard]] Result<void, Error> prepare(const vrrp::InstanceSettings& instance, IfIndex parent,
                                              IfIndex macvlan);
    [[nodiscard]] Result<void, Error> keep_ipv6_off(IfIndex macvlan);
    [[nodiscard]] bool is_made(const std::string& holder);

    struct Made {
        IfIndex index;
        Family family{};
        vrrp::Vrid vrid;
        std::string below; ///< the interface it stands on
        IfIndex below_index;
    };

    [[nodiscard]] bool is_wanted(const std::string& name, const Made& made) const;
    [[nodiscard]] Result<void, Error> remove(const Made& made);

    std::map<std::string, vrrp::InstanceSettings> wanted_; ///< by the name of the interface to be made
    netlink::Macvlans macvlans_;
    netlink::SavedSettings saved_;
    std::map<std::string, Made> made_; ///< by name
};

} // namespace baton::daemon
