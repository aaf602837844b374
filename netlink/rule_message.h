// Policy rules as rtnetlink messages, both ways (RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE). Pure.
//
// Every rule of ours carries `route_mark` (route_message.h) as its FRA_PROTOCOL (Linux 4.17). The kernel
// removes no rule whose mark is another than that of the request.
#pragma once

#include "netlink/message.h"
#include "netlink/rule.h"

#include <optional>

namespace baton::netlink {

/// A rule that is there.
struct HeldRule {
    Rule rule;
    bool ours{false}; ///< carries route_mark

    friend bool operator==(const HeldRule&, const HeldRule&) = default;
};

/// RTM_NEWRULE or RTM_DELRULE; `flags` NLM_F_*.
[[nodiscard]] Message rule_request(int type, int flags, const Rule& rule);

/// Asks for all rules of one family.
[[nodiscard]] Message rule_dump_request(Family family);

/// RTM_NEWRULE. Nothing for any other message, a malformed one, and a rule that says more than a Rule can
/// (ports, users, "not", another action than a table): that is none of ours, and equal to none of ours.
[[nodiscard]] std::optional<HeldRule> parse_rule(const nlmsghdr& message);

} // namespace baton::netlink
