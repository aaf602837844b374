#include "config/read_rules.h"

#include "config/members.h"
#include "config/read_value.h"
#include "config/routing_words.h"

#include <algorithm>
#include <array>

namespace baton::config {
namespace {

using netlink::FirewallMark;
using netlink::Rule;

std::optional<FirewallMark> mark(const Json& json, const Pointer& at, Findings& findings) {
    const auto* value = find(json, "fwmark");
    if (value == nullptr || value->is_null())
        return std::nullopt;
    const auto mark = read_mark(*value);
    if (mark)
        return *mark;
    findings.push_back({.pointer = (at / "fwmark").text(), .message = mark.error().text});
    return std::nullopt;
}

/// What the rule says itself, what its networks are, what the instance is.
Family family_of(const Json& json, const Rule& rule, const vrrp::InstanceSettings& instance) {
    if (const auto word = text(json, "family"); !word.empty())
        return word == "ipv4" ? Family::ipv4 : Family::ipv6;
    for (const auto& network : {rule.from, rule.to})
        if (network && !is_refused_network(*network))
            return network->address.family();
    return known_family(instance.addresses).value_or(Family::ipv4);
}

/// What was refused selects as well: it was meant to.
bool selects(const Json& json, const Rule& rule) {
    const std::array networks{rule.from, rule.to};
    return find(json, "input_interface") != nullptr || find(json, "output_interface") != nullptr ||
           find(json, "fwmark") != nullptr ||
           std::any_of(networks.begin(), networks.end(),
                       [](const std::optional<Prefix>& network) { return network && network->length > 0; });
}

Rule read_rule(const Json& json, const Pointer& at, const vrrp::InstanceSettings& instance,
               Findings& findings) {
    Rule rule;
    rule.priority = large_number(json, "priority");
    rule.from = read_member(json, "from", read_network, at, findings);
    rule.to = read_member(json, "to", read_network, at, findings);
    rule.family = family_of(json, rule, instance);
    rule.iif = text(json, "input_interface");
    rule.oif = text(json, "output_interface");
    rule.mark = mark(json, at, findings);
    rule.table = read_table(json);
    if (json.is_object() && !selects(json, rule))
        findings.push_back({.pointer = at.text(),
                            .message = "this rule would send all packets of the host into its table; select "
                                       "some with \"from\", \"to\", \"input_interface\", "
                                       "\"output_interface\" or \"fwmark\""});
    return rule;
}

} // namespace

std::vector<Rule> read_rules(const Json& json, const Pointer& at, const vrrp::InstanceSettings& instance,
                             Findings& findings) {
    std::vector<Rule> rules;
    for (const auto& entry : part(json, "rules"))
        rules.push_back(read_rule(entry, at / "rules" / rules.size(), instance, findings));
    return rules;
}

} // namespace baton::config
