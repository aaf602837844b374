// Holding and releasing policy rules, as the kernel has them afterwards.
#include "netlink/rules.h"
#include "tests/unit/netlink/namespace.h"

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

struct Host : Namespace {
    Host() : socket(Socket::open().value()), rules(socket) {}

    static Rule from(const char* prefix, std::uint32_t table = 100, std::uint32_t priority = 50) {
        Rule rule;
        rule.priority = priority;
        rule.table = table;
        if (prefix != nullptr)
            rule.from = Prefix::parse(prefix);
        if (rule.from)
            rule.family = rule.from->address.family();
        return rule;
    }

    std::string hold(const std::vector<Rule>& wanted) { return describe(rules.hold(wanted)); }
    std::string release(const std::vector<Rule>& unwanted) { return describe(rules.release(unwanted)); }

    Words ours() {
        Words texts;
        for (const Family family : {Family::ipv4, Family::ipv6})
            for (const HeldRule& held : read_rules(socket, family).value())
                if (held.ours)
                    texts.push_back(describe(held.rule));
        return texts;
    }

    Socket socket;
    Rules rules;
};

} // namespace

TEST_CASE_FIXTURE(Host, "held rules are there with our mark; holding them again changes nothing") {
    const std::vector<Rule> wanted{from("10.0.1.100"), from("fd00:1::100")};
    const Words there{"from 10.0.1.100/32 table 100 priority 50",
                      "from fd00:1::100/128 table 100 priority 50"};
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    // To the kernel's own tool, too, these are rules of protocol 98.
    ip("rule del from 10.0.1.100 table 100 proto 98");
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    CHECK(release(wanted).empty());
    CHECK(ours().empty());
    CHECK(release(wanted).empty());
}

TEST_CASE_FIXTURE(Host, "every selector reaches the kernel and comes back, so that the rule is held once") {
    ip("link add eth0 type veth peer name peer0");
    Rule full = from("10.0.1.100", 70000);
    full.to = Prefix::parse("192.0.2.0/24");
    full.iif = "eth0";
    full.oif = "eth9"; // not there yet
    full.mark = FirewallMark{0x10, 0xff};
    Rule six = from("fd00:1::100", 70000);
    six.to = Prefix::parse("fd00:2::/64");
    six.iif = "lo";
    six.mark = FirewallMark{0x10, 0xffffffff};
    Rule zero = from(nullptr, 254, 0);
    zero.mark = FirewallMark{0, 1};
    const std::vector<Rule> wanted{zero, full, from("0.0.0.0/0", 0, 60), six};
    CHECK(hold(wanted).empty());
    const Words there{
        "from all fwmark 0x0/0x1 table 254 priority 0",
        "from 10.0.1.100/32 to 192.0.2.0/24 fwmark 0x10/0xff iif eth0 oif eth9 table 70000 priority 50",
        "from all table 254 priority 60",
        "from fd00:1::100/128 to fd00:2::/64 fwmark 0x10/0xffffffff iif lo table 70000 priority 50"};
    CHECK(ours() == there);
    CHECK(hold(wanted).empty());
    CHECK(ours() == there);
    ip("link del eth0");
    CHECK(ours() == there);
    CHECK(release(wanted).empty());
    CHECK(ours().empty());
}

TEST_CASE_FIXTURE(Host, "an equal rule of somebody else is a conflict, and nothing is added or removed") {
    ip("rule add from 10.0.1.100 table 100 priority 50");
    const auto failures = rules.hold(std::vector{from("10.0.1.100"), from("10.0.1.101")});
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].text ==
          "rule from 10.0.1.100/32 table 100 priority 50 is there already and was not put there by baton; "
          "remove "
          "it (ip rule del from 10.0.1.100/32 table 100 priority 50) and whatever configures it");
    CHECK(ours().empty());
    CHECK(release({from("10.0.1.100")}).empty());
    CHECK(describe(rules.sweep({})).empty());
    ip("rule del from 10.0.1.100 table 100 priority 50"); // still there
}

TEST_CASE_FIXTURE(Host, "a rule of somebody else that says more is no conflict, and stays") {
    ip("rule add not from 10.0.1.100 table 100 priority 50");
    ip("rule add from 10.0.1.100 ipproto tcp table 100 priority 50");
    CHECK(hold({from("10.0.1.100")}).empty());
    CHECK(release({from("10.0.1.100")}).empty());
    CHECK(ours().empty());
    ip("rule del not from 10.0.1.100 table 100 priority 50");
    ip("rule del from 10.0.1.100 ipproto tcp table 100 priority 50");
}

TEST_CASE_FIXTURE(Host, "a narrower rule of ours outlives the release of a wider one") {
    const std::vector<Rule> narrow{from("10.0.1.100"), from("10.0.1.101")};
    ip("rule add from 10.0.1.7 table 100 priority 50"); // nor is that of somebody else in the way
    CHECK(hold(narrow).empty());
    CHECK(hold({from(nullptr)}).empty());
    CHECK(ours().size() == 3);
    CHECK(release({from(nullptr)}).empty());
    CHECK(ours() ==
          Words{"from 10.0.1.100/32 table 100 priority 50", "from 10.0.1.101/32 table 100 priority 50"});
}

TEST_CASE_FIXTURE(Host,
                  "a sweep removes what an earlier run left, but what is to be kept and what is not ours") {
    ip("rule add from 10.0.1.7 table 100 priority 50");
    CHECK(hold({from("10.0.1.100"), from("10.0.1.101"), from("fd00:1::100")}).empty());
    CHECK(describe(rules.sweep(std::vector{from("10.0.1.101")})).empty());
    CHECK(ours() == Words{"from 10.0.1.101/32 table 100 priority 50"});
    ip("rule del from 10.0.1.7 table 100 priority 50");
}

TEST_CASE_FIXTURE(Host, "what the kernel refuses is told in its words; the others are held") {
    Rule wrong = from("10.0.1.100");
    wrong.iif = "a-name-that-is-far-too-long";
    const auto failures = rules.hold(std::vector{wrong, from("10.0.1.101")});
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].text.starts_with(
        "rule from 10.0.1.100/32 iif a-name-that-is-far-too-long table 100 priority 50: "
        "Numerical result out of range"));
    CHECK(ours() == Words{"from 10.0.1.101/32 table 100 priority 50"});
}
