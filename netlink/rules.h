// Puts policy rules into the kernel and takes them out again, and says what the kernel answered.
//
// When hold() answers no failure, every rule is there: the kernel has acknowledged it. Each call reads the
// rules, decides (rule_plan.h) and sends its requests as one batch; it remembers nothing about them. What it
// adds carries our mark (rule_message.h); what does not is never touched. A rule names interfaces, and stays
// when they go; it matches again when they come back.
#pragma once

#include "netlink/rule_plan.h"
#include "netlink/socket.h"

#include <span>
#include <string>
#include <vector>

namespace baton::netlink {

/// One rule for which the kernel's answer was no.
struct RuleFailure {
    Rule rule;
    std::string text; ///< "rule from 10.0.1.100/32 table 100 priority 50: Operation not permitted ..."
};

/// All of them in one line.
[[nodiscard]] std::string describe(std::span<const RuleFailure> failures);

/// Those of one family in the kernel's order. None where the kernel lacks the family, or policy routing.
[[nodiscard]] Result<std::vector<HeldRule>, Refusal> read_rules(Socket& socket, Family family);

class Rules {
public:
    /// `socket` must outlive this.
    explicit Rules(Socket& socket) : socket_(socket) {}

    /// Puts them there; those that are there with our mark already are fine. An equal one without it is a
    /// failure, and nothing is added. When the kernel refuses one, the others may stand: release() them.
    [[nodiscard]] std::vector<RuleFailure> hold(std::span<const Rule> rules);

    /// Takes those out that carry our mark. What is gone already is fine.
    [[nodiscard]] std::vector<RuleFailure> release(std::span<const Rule> rules);

    /// Takes everything out that carries our mark, but `keep`: for left-overs of a run that was killed. Where
    /// the rules cannot be read, the failure names an empty rule of that family.
    [[nodiscard]] std::vector<RuleFailure> sweep(std::span<const Rule> keep);

    /// How many the last hold() had to add, and did.
    [[nodiscard]] std::size_t last_added() const { return last_added_; }

private:
    [[nodiscard]] std::vector<RuleFailure> perform(std::span<const RuleStep> steps);

    Socket& socket_;
    std::size_t last_added_{0};
};

} // namespace baton::netlink
