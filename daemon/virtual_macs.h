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
#include "vrrp/settings.h"

#include <map>
#include <string>

namespace baton::daemon {

class VirtualMacs {
public:
    /// Both must outlive this.
    VirtualMacs(const vrrp::Settings& settings, netlink::Socket& requests)
        : settings_(settings), macvlans_(requests), saved_(requests) {}
    ~VirtualMacs();
    VirtualMacs(const VirtualMacs&) = delete;
    VirtualMacs& operator=(const VirtualMacs&) = delete;

    /// Removes what an earlier run left, and makes those of all instances.
    [[nodiscard]] Result<void, Error> make_all();

    /// The interface of that name is there under that number: makes what stands on it, unless it is there.
    [[nodiscard]] Result<void, Error> make_on(const std::string& interface, IfIndex index);

    /// An interface went away, perhaps one of ours: true when it has to be made again.
    [[nodiscard]] bool forget(const std::string& name) { return made_.erase(name) != 0; }

    /// Whether the interface of that number is one of ours.
    [[nodiscard]] bool made(IfIndex index) const;

    /// From now on it sends and answers; from now on it is silent. Only for one of ours.
    [[nodiscard]] Result<void, Error> let_speak(IfIndex index);
    [[nodiscard]] Result<void, Error> silence(IfIndex index) { return macvlans_.set_down(index); }

private:
    [[nodiscard]] Result<void, Error> make(const vrrp::InstanceSettings& instance, IfIndex parent);
    [[nodiscard]] Result<void, Error> prepare(const vrrp::InstanceSettings& instance, IfIndex parent,
                                              IfIndex macvlan);

    struct Made {
        IfIndex index;
        Family family{};
    };

    const vrrp::Settings& settings_;
    netlink::Macvlans macvlans_;
    netlink::SavedSettings saved_;
    std::map<std::string, Made> made_; ///< by name
};

} // namespace baton::daemon
