#include "daemon/leases.h"

#include <algorithm>

namespace baton::daemon {
namespace {

/// Some 30 us each: the advert that waits behind them waits 2 ms.
constexpr std::size_t most_at_once = 64;

} // namespace

netlink::AddressForm Leases::form(vrrp::InstanceId instance) const {
    return {hosts_[instance.value].looks, length(instance)};
}

/// A repair changes nothing, and neither does a list that changes: what stood there is renewed in its time.
void Leases::held(const vrrp::HoldAddresses& effect, Time now) {
    if (length(effect.instance) == std::chrono::seconds::zero())
        return;
    const auto [lease, begun] = leases_.try_emplace({effect.instance, effect.interface},
                                                    Lease{{}, next(effect.instance, now), effect.adopt, 0});
    if (begun || effect.in_place)
        lease->second.addresses.assign(effect.addresses.begin(), effect.addresses.end());
    deadline_ = std::min(deadline_.value_or(lease->second.renew_at), lease->second.renew_at);
}

void Leases::released(const vrrp::ReleaseAddresses& effect) {
    const auto lease = leases_.find({effect.instance, effect.interface});
    if (lease == leases_.end())
        return;
    std::erase_if(lease->second.addresses, [&](const Prefix& prefix) {
        return std::find(effect.addresses.begin(), effect.addresses.end(), prefix) != effect.addresses.end();
    });
    if (lease->second.addresses.empty())
        leases_.erase(lease);
}

/// The next of those that are due.
std::vector<Prefix> Leases::due(IfIndex interface, Lease& lease, std::size_t most) const {
    const auto begin = std::min(lease.renewed, lease.addresses.size());
    const auto count = std::min(most, lease.addresses.size() - begin);
    lease.renewed = begin + count;
    const auto some = std::span(lease.addresses).subspan(begin, count);
    std::vector<Prefix> all(some.begin(), some.end());
    if (lease.adopted)
        std::erase_if(all, [&](const Prefix& prefix) { return !is_ours_(interface, prefix); });
    return all;
}

std::string Leases::renew(Time now) {
    std::string refused;
    std::size_t left = most_at_once;
    deadline_.reset();
    for (auto& [key, lease] : leases_) {
        if (lease.renew_at <= now && left != 0) {
            const auto addresses = due(key.second, lease, left);
            left -= addresses.size();
            const auto failures = addresses_.renew(key.second, addresses, form(key.first));
            if (!failures.empty())
                refused += (refused.empty() ? "" : "; ") + netlink::describe(failures);
            if (lease.renewed == lease.addresses.size()) {
                lease.renewed = 0;
                lease.renew_at = next(key.first, now);
            }
        }
        deadline_ = std::min(deadline_.value_or(lease.renew_at), lease.renew_at);
    }
    return refused;
}

Time Leases::next(vrrp::InstanceId instance, Time now) const { return now + Duration(length(instance)) / 3; }

} // namespace baton::daemon
