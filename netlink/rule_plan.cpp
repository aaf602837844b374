#include "netlink/rule_plan.h"

#include <algorithm>

namespace baton::netlink {

namespace {

bool contains(std::span<const Rule> rules, const Rule& wanted) {
    return std::find(rules.begin(), rules.end(), wanted) != rules.end();
}

template <class Value>
bool unsaid_or_same(const Value& asked, const Value& there) {
    return asked == Value() || asked == there;
}

// Whether a request to remove `asked` fits `there` as well (rule_find() in the kernel's fib_rules.c): what is
// not said fits everything.
bool fits(const Rule& asked, const Rule& there) {
    return asked.family == there.family && asked.priority == there.priority && asked.table == there.table &&
           unsaid_or_same(asked.from, there.from) && unsaid_or_same(asked.to, there.to) &&
           unsaid_or_same(asked.iif, there.iif) && unsaid_or_same(asked.oif, there.oif) &&
           unsaid_or_same(asked.mark, there.mark);
}

// Plays the kernel's part on `ours`, its list of our rules.
void remove_from(std::vector<Rule>& ours, const Rule& unwanted, std::vector<RuleStep>& steps) {
    std::vector<Rule> struck;
    for (bool done = false; !done;) {
        const auto first =
            std::find_if(ours.begin(), ours.end(), [&](const Rule& there) { return fits(unwanted, there); });
        if (first == ours.end())
            break;
        steps.push_back({false, unwanted});
        done = *first == unwanted;
        if (!done)
            struck.push_back(*first);
        ours.erase(first);
    }
    for (Rule& rule : struck) {
        steps.push_back({true, rule});
        ours.push_back(std::move(rule));
    }
}

template <class Predicate>
std::vector<RuleStep> steps_where(std::span<const HeldRule> actual, Predicate unwanted) {
    std::vector<Rule> ours;
    for (const HeldRule& held : actual)
        if (held.ours)
            ours.push_back(held.rule);
    const std::vector<Rule> before = ours;
    std::vector<RuleStep> steps;
    for (const Rule& rule : before)
        if (unwanted(rule))
            remove_from(ours, rule, steps);
    return steps;
}

} // namespace

RuleHoldPlan plan_hold(std::span<const Rule> desired, std::span<const HeldRule> actual) {
    RuleHoldPlan plan;
    for (const Rule& rule : desired) {
        const auto held = std::find_if(actual.begin(), actual.end(),
                                       [&](const HeldRule& each) { return each.rule == rule; });
        if (held == actual.end()) {
            if (!contains(plan.add, rule))
                plan.add.push_back(rule);
        } else if (!held->ours && !contains(plan.foreign, rule)) {
            plan.foreign.push_back(rule);
        }
    }
    return plan;
}

std::vector<RuleStep> plan_release(std::span<const Rule> unwanted, std::span<const HeldRule> actual) {
    return steps_where(actual, [&](const Rule& rule) { return contains(unwanted, rule); });
}

std::vector<RuleStep> plan_sweep(std::span<const Rule> keep, std::span<const HeldRule> actual) {
    return steps_where(actual, [&](const Rule& rule) { return !contains(keep, rule); });
}

} // namespace baton::netlink
