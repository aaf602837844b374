#include "netlink/reconcile.h"

#include <algorithm>

namespace baton::netlink {

namespace {

bool contains(std::span<const Prefix> prefixes, const Prefix& wanted) {
    return std::find(prefixes.begin(), prefixes.end(), wanted) != prefixes.end();
}

bool names(std::span<const Prefix> prefixes, const IpAddress& address) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const Prefix& prefix) { return prefix.address == address; });
}

// IPv6 has no second place for the same address (net/ipv6/addrconf.c, ipv6_add_addr); IPv4 has one for each
// length.
bool keeps_out(const HeldAddress& held, const Prefix& wanted) {
    return held.ours && held.prefix.address == wanted.address && held.prefix != wanted &&
           wanted.address.family() == Family::ipv6;
}

// Those of ours that satisfy `unwanted`, last first: an interface's later addresses are secondaries of its
// earlier ones, and the kernel may delete the secondaries together with their primary.
template <class Predicate>
std::vector<Prefix> ours_where(std::span<const HeldAddress> actual, Predicate unwanted) {
    std::vector<Prefix> found;
    for (auto held = actual.rbegin(); held != actual.rend(); ++held)
        if (held->ours && unwanted(held->prefix))
            found.push_back(held->prefix);
    return found;
}

} // namespace

HoldPlan plan_hold(std::span<const Prefix> desired, std::span<const HeldAddress> actual, bool adopt) {
    HoldPlan plan;
    for (const Prefix& prefix : desired) {
        const auto foreign = std::any_of(actual.begin(), actual.end(), [&](const HeldAddress& held) {
            return !held.ours && held.prefix.address == prefix.address;
        });
        const auto held = std::any_of(actual.begin(), actual.end(), [&](const HeldAddress& each) {
            return each.ours && each.prefix == prefix;
        });
        if (foreign && !adopt)
            plan.foreign.push_back(prefix);
        else if (!foreign && !held && !contains(plan.add, prefix)) {
            plan.add.push_back(prefix);
            for (const HeldAddress& each : actual)
                if (keeps_out(each, prefix))
                    plan.remove.push_back(each.prefix);
        }
    }
    return plan;
}

std::vector<Prefix> plan_reclaim(std::span<const Prefix> desired, std::span<const HeldAddress> actual) {
    std::vector<Prefix> unmarked;
    for (const HeldAddress& held : actual)
        if (!held.ours && contains(desired, held.prefix))
            unmarked.push_back(held.prefix);
    return unmarked;
}

std::vector<Prefix> plan_release(std::span<const Prefix> unwanted, std::span<const HeldAddress> actual) {
    return ours_where(actual, [&](const Prefix& prefix) { return names(unwanted, prefix.address); });
}

std::vector<Prefix> plan_sweep(std::span<const Prefix> keep, std::span<const HeldAddress> actual) {
    return ours_where(actual, [&](const Prefix& prefix) { return !contains(keep, prefix); });
}

} // namespace baton::netlink
