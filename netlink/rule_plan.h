// What must be asked of the kernel so that it has the policy rules it should: desired - actual = requests.
//
// Pure. A rule without our mark is never removed, and never taken for ours. All rules given must be normal
// (rule.h), the actual ones in the kernel's order.
#pragma once

#include "netlink/rule_message.h"

#include <span>
#include <vector>

namespace baton::netlink {

struct RuleHoldPlan {
    std::vector<Rule> add;
    std::vector<Rule> foreign; ///< desired, but already there without our mark
};

[[nodiscard]] RuleHoldPlan plan_hold(std::span<const Rule> desired, std::span<const HeldRule> actual);

/// One request: to remove, or to add.
struct RuleStep {
    bool add{false};
    Rule rule;

    friend bool operator==(const RuleStep&, const RuleStep&) = default;
};

/// What to ask so that none of `unwanted` is there. The kernel removes the first rule that has all a request
/// names, and that may be a narrower one of ours that is to stay: it is added again at once.
[[nodiscard]] std::vector<RuleStep> plan_release(std::span<const Rule> unwanted,
                                                 std::span<const HeldRule> actual);

/// What to ask so that nothing of ours is there but `keep`.
[[nodiscard]] std::vector<RuleStep> plan_sweep(std::span<const Rule> keep, std::span<const HeldRule> actual);

} // namespace baton::netlink
