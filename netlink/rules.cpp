#include "netlink/rules.h"

#include "netlink/words.h"

#include <algorithm>
#include <cerrno>
#include <linux/rtnetlink.h>

namespace baton::netlink {

namespace {

std::string hint(const Rule& rule, int code) {
    if (code == EAFNOSUPPORT || code == EOPNOTSUPP)
        return std::string("; this kernel has no policy routing for ") +
               (rule.family == Family::ipv4 ? "IPv4" : "IPv6");
    return {};
}

RuleFailure failure(const Rule& rule, const Refusal& refusal) {
    return {rule, "rule " + describe(rule) + ": " + words(refusal) + hint(rule, refusal.code)};
}

RuleFailure foreign(const Rule& rule) {
    const std::string options = rule.family == Family::ipv4 ? "" : "-6 ";
    return {rule, "rule " + describe(rule) +
                      " is there already and was not put there by baton; remove it (ip " + options +
                      "rule del " + describe(rule) + ") and whatever configures it"};
}

std::vector<Rule> all_normal(std::span<const Rule> rules) {
    std::vector<Rule> all;
    for (const Rule& rule : rules)
        all.push_back(normal(rule));
    return all;
}

// Of the families that `concerned` names.
Result<std::vector<HeldRule>, Refusal> read_all(Socket& socket, std::span<const Rule> concerned) {
    std::vector<HeldRule> all;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        if (std::none_of(concerned.begin(), concerned.end(),
                         [&](const Rule& rule) { return rule.family == family; }))
            continue;
        const auto some = read_rules(socket, family);
        if (!some)
            return some.error();
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

std::vector<RuleFailure> all_fail(std::span<const Rule> rules, const Refusal& refusal) {
    std::vector<RuleFailure> failures;
    for (const Rule& rule : rules)
        failures.push_back(failure(rule, refusal));
    return failures;
}

} // namespace

std::string describe(std::span<const RuleFailure> failures) {
    std::string text;
    for (const RuleFailure& each : failures)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

Result<std::vector<HeldRule>, Refusal> read_rules(Socket& socket, Family family) {
    Message request = rule_dump_request(family);
    const auto dumped = socket.dump(request);
    if (!dumped && (dumped.error().code == EAFNOSUPPORT || dumped.error().code == EOPNOTSUPP))
        return std::vector<HeldRule>();
    if (!dumped)
        return dumped.error();
    std::vector<HeldRule> rules;
    std::span<const std::uint8_t> rest = *dumped;
    while (const nlmsghdr* message = next_message(rest))
        if (auto held = parse_rule(*message); held && held->rule.family == family)
            rules.push_back(std::move(*held));
    return rules;
}

std::vector<RuleFailure> Rules::hold(std::span<const Rule> rules) {
    last_added_ = 0;
    const auto actual = read_all(socket_, rules);
    if (!actual)
        return all_fail(rules, actual.error());
    const RuleHoldPlan plan = plan_hold(all_normal(rules), *actual);
    std::vector<RuleFailure> failures;
    for (const Rule& rule : plan.foreign)
        failures.push_back(foreign(rule));
    if (!failures.empty())
        return failures;
    std::vector<RuleStep> steps;
    for (const Rule& rule : plan.add)
        steps.push_back({true, rule});
    failures = perform(steps);
    last_added_ = steps.size() - failures.size();
    return failures;
}

std::vector<RuleFailure> Rules::release(std::span<const Rule> rules) {
    const auto actual = read_all(socket_, rules);
    if (!actual)
        return all_fail(rules, actual.error());
    return perform(plan_release(all_normal(rules), *actual));
}

std::vector<RuleFailure> Rules::sweep(std::span<const Rule> keep) {
    std::vector<RuleFailure> failures;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        const auto actual = read_rules(socket_, family);
        if (actual) {
            const auto some = perform(plan_sweep(all_normal(keep), *actual));
            failures.insert(failures.end(), some.begin(), some.end());
            continue;
        }
        Rule none;
        none.family = family;
        failures.push_back({none, std::string("left-over rules of ") +
                                      (family == Family::ipv4 ? "IPv4" : "IPv6") + ": " +
                                      words(actual.error())});
    }
    return failures;
}

// Not with NLM_F_EXCL: the kernel would take a narrower rule, anybody's, for the one to add (rule_exists() in
// its fib_rules.c). What is equal has been found before.
std::vector<RuleFailure> Rules::perform(std::span<const RuleStep> steps) {
    std::vector<Message> requests;
    for (const RuleStep& step : steps)
        requests.push_back(step.add ? rule_request(RTM_NEWRULE, NLM_F_CREATE, step.rule)
                                    : rule_request(RTM_DELRULE, 0, step.rule));
    const auto answers = socket_.perform(requests);
    std::vector<RuleFailure> failures;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const bool gone = answers[i] && !steps[i].add && answers[i]->code == ENOENT;
        if (answers[i] && !gone)
            failures.push_back(failure(steps[i].rule, *answers[i]));
    }
    return failures;
}

} // namespace baton::netlink
