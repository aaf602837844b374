// What must be asked of the kernel so that an interface carries what it should: desired - actual = requests.
//
// Pure, and the only place where it is decided what is added, removed or left alone. The rule: an address
// without our mark is never removed, and never taken for ours. An address is the same address whatever the
// length of its network: 10.0.1.100/32 put there by hand answers ARP just as our 10.0.1.100/24 would; and of
// IPv6 the kernel takes an address only once per interface, whatever the length.
#pragma once

#include "netlink/interface.h"

#include <span>
#include <vector>

namespace baton::netlink {

struct HoldPlan {
    std::vector<Prefix> remove; ///< first: ours, but of a length that keeps the desired one out
    std::vector<Prefix> add;
    std::vector<Prefix> foreign; ///< desired, but already there without our mark
};

/// Puts `desired` on an interface that carries `actual`, beside whatever else is there. With `adopt`, a
/// foreign address is as good as ours (the owner's own address, RFC 9568 section 6.1) and left as it is.
[[nodiscard]] HoldPlan plan_hold(std::span<const Prefix> desired, std::span<const HeldAddress> actual,
                                 bool adopt);

/// Those of `desired` that are there just so, but without our mark.
[[nodiscard]] std::vector<Prefix> plan_reclaim(std::span<const Prefix> desired,
                                               std::span<const HeldAddress> actual);

/// What to remove so that none of `unwanted` is there, in the order to do it.
[[nodiscard]] std::vector<Prefix> plan_release(std::span<const Prefix> unwanted,
                                               std::span<const HeldAddress> actual);

/// What to remove so that nothing of ours is there but `keep`: left-overs of an earlier run.
[[nodiscard]] std::vector<Prefix> plan_sweep(std::span<const Prefix> keep,
                                             std::span<const HeldAddress> actual);

} // namespace baton::netlink
