// The kernel leases of held addresses: begun when they are held, renewed for as long as this process lives.
//
// So that no virtual address outlives its owner: when batond is killed or hangs, the kernel drops what it
// held (ip-address(8), valid_lft). A lease is renewed when a third of it has passed. Of an owner's addresses
// (priority 255) those that were there without us stay as they are.
#pragma once

#include "base/time.h"
#include "config/config.h"
#include "netlink/addresses.h"
#include "vrrp/effect.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace baton::daemon {

class Leases {
public:
    /// Whether the kernel has the address with our mark.
    using IsOurs = std::function<bool(IfIndex, const Prefix&)>;

    /// All must outlive this. `hosts` is by InstanceId; a lease of zero is none.
    Leases(const std::vector<config::HostSettings>& hosts, netlink::Addresses& addresses, IsOurs is_ours)
        : hosts_(hosts), addresses_(addresses), is_ours_(std::move(is_ours)) {}

    /// The form in which an instance's addresses are held.
    [[nodiscard]] netlink::AddressForm form(vrrp::InstanceId instance) const;

    /// The kernel has confirmed them, and is to let go of them.
    void held(const vrrp::HoldAddresses& effect, Time now);
    void released(const vrrp::ReleaseAddresses& effect);

    /// When to call renew(), at the latest; nothing when nothing is leased.
    [[nodiscard]] std::optional<Time> deadline() const { return deadline_; }

    /// Renews what is due, or part of it: the rest is due still, so that what else waits has its turn. What
    /// the kernel said where it refused, in one line; empty if it did not.
    [[nodiscard]] std::string renew(Time now);

private:
    struct Lease {
        std::vector<Prefix> addresses;
        Time renew_at;
        bool adopted{false};    ///< there may be some that were there without us
        std::size_t renewed{0}; ///< of those that are due
    };
    using Key = std::pair<vrrp::InstanceId, IfIndex>;

    [[nodiscard]] std::chrono::seconds length(vrrp::InstanceId instance) const {
        return hosts_[instance.value].lease;
    }
    [[nodiscard]] std::vector<Prefix> due(IfIndex interface, Lease& lease, std::size_t most) const;
    [[nodiscard]] Time next(vrrp::InstanceId instance, Time now) const;

    const std::vector<config::HostSettings>& hosts_;
    netlink::Addresses& addresses_;
    IsOurs is_ours_;
    std::map<Key, Lease> leases_;
    std::optional<Time> deadline_;
};

} // namespace baton::daemon
