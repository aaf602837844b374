#include "daemon/leases.h"

#include <algorithm>

namespace baton::daemon {
namespace {

/// Some 30 us each: the advert that waits behind them waits 2 ms.
constexpr std::size_t most_at_once = 64;

} // namespace

std::chrono::seconds Leases::length(vrrp::InstanceId instance) const {
    const bool own = config_.settings.instances[instance.value].adopts_addresses();
    return own ? std::chrono::seconds::zero() : config_.host[instance.value].lease;
}

netlink::AddressForm Leases::form(vrrp::InstanceId instance) const {
    return {config_.host[instance.value].looks, length(instance)};
}

void Leases::held(const vrrp::HoldAddresses& effect, Time now) {
    if (length(effect.instance) == std::chrono::seconds::zero())
        return;
    Lease lease{{effect.addresses.begin(), effect.addresses.end()}, next(effect.instance, now)};
    deadline_ = std::min(deadline_.value_or(lease.renew_at), lease.renew_at);
    leases_.try_emplace({effect.instance, effect.interface}, std::move(lease)); // a repair changes nothing
}

void Leases::released(vrrp::InstanceId instance, IfIndex interface) { leases_.erase({instance, interface}); }

std::string Leases::renew(Time now) {
    std::string refused;
    std::size_t renewed = 0;
    deadline_.reset();
    for (auto& [key, lease] : leases_) {
        if (lease.renew_at <= now && renewed < most_at_once) {
            lease.renew_at = next(key.first, now);
            renewed += lease.addresses.size();
            const auto failures = addresses_.renew(key.second, lease.addresses, form(key.first));
            if (!failures.empty())
                refused += (refused.empty() ? "" : "; ") + netlink::describe(failures);
        }
        deadline_ = std::min(deadline_.value_or(lease.renew_at), lease.renew_at);
    }
    return refused;
}

Time Leases::next(vrrp::InstanceId instance, Time now) const { return now + Duration(length(instance)) / 3; }

} // namespace baton::daemon
