// Every case of what is asked of the kernel for policy rules, and rules as messages.
#include "netlink/rule_plan.h"

#include <cstring>
#include <doctest/doctest.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <ostream>
#include <vector>

using namespace baton;
using namespace baton::netlink;

namespace {

Rule rule(const char* from, std::uint32_t table, std::uint32_t priority = 50) {
    Rule made;
    made.priority = priority;
    made.table = table;
    if (from != nullptr)
        made.from = Prefix::parse(from).value();
    return made;
}

HeldRule ours(const Rule& rule) { return {rule, true}; }
HeldRule foreign(const Rule& rule) { return {rule, false}; }

using List = std::vector<Rule>;
using Held = std::vector<HeldRule>;
using Steps = std::vector<RuleStep>;

// The message on the heap and of exactly its size, with the type of an answer.
std::optional<HeldRule> parse(const Message& request, std::uint16_t type = RTM_NEWRULE,
                              std::size_t size = SIZE_MAX) {
    const auto bytes = request.bytes();
    std::vector<std::uint8_t> copy(bytes.begin(),
                                   bytes.begin() + static_cast<std::ptrdiff_t>(std::min(size, bytes.size())));
    auto* header = reinterpret_cast<nlmsghdr*>(copy.data());
    header->nlmsg_type = type;
    header->nlmsg_len = static_cast<std::uint32_t>(copy.size());
    return parse_rule(*header);
}

} // namespace

TEST_CASE("hold: adds what is missing; what is there without our mark is a conflict") {
    const Rule a = rule("10.0.1.100", 100);
    const Rule b = rule("10.0.1.101", 100);
    auto plan = plan_hold(List{a, b, a}, Held{ours(b)});
    CHECK(plan.add == List{a});
    CHECK(plan.foreign.empty());
    plan = plan_hold(List{a, b}, Held{foreign(b), ours(rule("10.0.1.100", 101))});
    CHECK(plan.add == List{a});
    CHECK(plan.foreign == List{b});
}

TEST_CASE("release and sweep: only ours, and only those") {
    const Rule a = rule("10.0.1.100", 100);
    const Rule b = rule("10.0.1.101", 100);
    CHECK(plan_release(List{a, b}, Held{ours(a), foreign(b)}) == Steps{{false, a}});
    CHECK(plan_release(List{a}, Held{ours(b)}).empty());
    CHECK(plan_sweep(List{b}, Held{ours(a), foreign(b), ours(b)}) == Steps{{false, a}});
    CHECK(plan_sweep(List{}, Held{foreign(a)}).empty());
}

TEST_CASE("a narrower rule that a removal would take first is put back") {
    const Rule wide = rule(nullptr, 100);
    const Rule narrow = rule("10.0.1.100", 100);
    const Rule elsewhere = rule("10.0.1.100", 100, 51);
    CHECK(plan_release(List{wide}, Held{ours(narrow), ours(wide), ours(elsewhere)}) ==
          Steps{{false, wide}, {false, wide}, {true, narrow}});
    CHECK(plan_release(List{wide}, Held{ours(wide), ours(narrow)}) == Steps{{false, wide}});
    CHECK(plan_release(List{narrow}, Held{ours(wide), ours(narrow)}) == Steps{{false, narrow}});
    Rule six = narrow;
    six.family = Family::ipv6;
    CHECK(plan_release(List{wide}, Held{ours(six), ours(wide)}) == Steps{{false, wide}});
}

TEST_CASE("normal: what matches everything is not said, and the table is") {
    Rule all = rule("0.0.0.0/0", 0);
    all.to = Prefix::parse("0.0.0.0/0");
    all.mark = FirewallMark{0, 0};
    CHECK(normal(all) == rule(nullptr, 254));
    Rule some = rule("10.0.0.0/8", 100);
    some.mark = FirewallMark{0, 1};
    CHECK(normal(some) == some);
}

TEST_CASE("a rule is described as ip-rule(8) takes it") {
    Rule full = rule("10.0.1.100", 100);
    full.to = Prefix::parse("192.0.2.0/24");
    full.iif = "eth0";
    full.oif = "eth1";
    full.mark = FirewallMark{0x10, 0xff};
    CHECK(describe(full) ==
          "from 10.0.1.100/32 to 192.0.2.0/24 fwmark 0x10/0xff iif eth0 oif eth1 table 100 priority 50");
    CHECK(describe(rule(nullptr, 254)) == "from all table 254 priority 50");
}

TEST_CASE("a rule as a message comes back the same, and never from a message cut short") {
    Rule full = rule("fd00::100", 70000);
    full.family = Family::ipv6;
    full.to = Prefix::parse("fd00:2::/64");
    full.iif = "eth0";
    full.oif = "eth1";
    full.mark = FirewallMark{0x10, 0xff};
    const Message request = rule_request(RTM_NEWRULE, 0, full);
    CHECK(parse(request) == ours(full));
    CHECK_FALSE(parse(request, RTM_DELRULE));
    for (std::size_t size = sizeof(nlmsghdr); size < request.bytes().size(); ++size)
        CHECK(parse(request, RTM_NEWRULE, size) != ours(full));
}

TEST_CASE("a rule that says more than ours can is none of ours") {
    Message ports = rule_request(RTM_NEWRULE, 0, rule(nullptr, 100));
    ports.put(FRA_IP_PROTO, std::uint8_t{6});
    CHECK_FALSE(parse(ports));
    Message newer = rule_request(RTM_NEWRULE, 0, rule(nullptr, 100));
    newer.put(FRA_MAX + 5, std::uint8_t{6});
    CHECK_FALSE(parse(newer));
    Message suppressing = rule_request(RTM_NEWRULE, 0, rule(nullptr, 100));
    suppressing.put(FRA_SUPPRESS_PREFIXLEN, std::uint32_t{0});
    CHECK_FALSE(parse(suppressing));
    Message usual = rule_request(RTM_NEWRULE, 0, rule(nullptr, 100));
    usual.put(FRA_SUPPRESS_PREFIXLEN, std::uint32_t{0xffffffff});
    CHECK(parse(usual) == ours(rule(nullptr, 100)));
}
