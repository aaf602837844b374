// Policy rules of an instance: every key, and everything that is no rule.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using netlink::FirewallMark;
using netlink::Rule;

/// One rule of priority 100 into table 7 with more members, which begin with a comma.
std::string with_rule(const std::string& more) {
    return with_instance(R"("rules": [{"priority": 100, "table": 7)" + more + "}], ");
}

Rule rule_of(const std::string& text) {
    auto config = config_of(text);
    REQUIRE(config.host.front().rules.size() == 1);
    return config.host.front().rules.front();
}

const std::string rule_0 = "/instances/A/rules/0";

TEST_CASE("every key of a rule arrives") {
    const auto rule =
        rule_of(with_rule(R"(, "from": "10.0.1.100", "to": "10.8.0.0/16", "input_interface": "lo",
        "output_interface": "eth1", "fwmark": "0x10/0xff", "family": "ipv4")"));
    const Rule expected{.family = Family::ipv4,
                        .priority = 100,
                        .from = Prefix{IpAddress::v4(10, 0, 1, 100), 32},
                        .to = Prefix{IpAddress::v4(10, 8, 0, 0), 16},
                        .iif = "lo",
                        .oif = "eth1",
                        .mark = FirewallMark{0x10, 0xff},
                        .table = 7};
    CHECK(rule == expected);
}

TEST_CASE("the core is told that there are rules, which need no interface to be up") {
    const auto routing = instance_of(with_rule(R"(, "output_interface": "eth1")")).routing;
    CHECK(routing.any);
    CHECK(routing.interfaces.empty());
    CHECK(config_of(with_instance("")).host.front().rules.empty());
}

TEST_CASE("what a rule must have") {
    CHECK(errors_of(with_instance(R"("rules": [{"from": "10.0.1.100"}], )")) ==
          Lines{"f:1:32: " + rule_0 + ": \"priority\" is missing; it must be a whole number from 1 to 32765",
                "f:1:32: " + rule_0 +
                    ": \"table\" is missing; it must be a whole number from 1 to 4294967295 or \"main\""});
    CHECK(faults_of(with_instance(R"("rules": ["from 10.0.1.100 lookup 7"], )")) ==
          Lines{rule_0 + ": must be an object, not \"from 10.0.1.100 lookup 7\""});
    const auto priority = [](const std::string& value) {
        return faults_of(with_instance(R"("rules": [{"from": "10.0.1.100", "table": "main", "priority": )" +
                                       value + "}], "));
    };
    CHECK(priority("1") == Lines{});
    CHECK(priority("32765") == Lines{});
    for (const std::string wrong : {"0", "32766", "32767", "-1"})
        CHECK(priority(wrong) ==
              Lines{rule_0 + "/priority: must be a whole number from 1 to 32765, not " + wrong});
}

TEST_CASE("a rule selects something") {
    const std::string error = rule_0 +
                              ": this rule would send all packets of the host into its table; select some "
                              "with \"from\", \"to\", \"input_interface\", \"output_interface\" or "
                              "\"fwmark\"";
    CHECK(faults_of(with_rule("")) == Lines{error});
    CHECK(faults_of(with_rule(R"(, "family": "ipv6")")) == Lines{error});
    CHECK(faults_of(with_rule(R"(, "from": "0.0.0.0/0", "to": "0.0.0.0/0")")) == Lines{error});
    for (const auto* selector :
         {R"(, "from": "0.0.0.0/1")", R"(, "to": "10.0.0.0/8")", R"(, "input_interface": "eth1")",
          R"(, "output_interface": "eth1")", R"(, "fwmark": 0)"})
        CHECK(faults_of(with_rule(selector)) == Lines{});
    // What is wrong was to select.
    CHECK(faults_of(with_rule(R"(, "from": "x")")).size() == 1);
    CHECK(faults_of(with_rule(R"(, "from": 5)")).size() == 1);
    CHECK(faults_of(with_rule(R"(, "fwmark": "x")")).size() == 1);
    CHECK(faults_of(with_rule(R"(, "input_interface": "")")).size() == 1);
}

TEST_CASE("the networks of a rule") {
    CHECK(faults_of(with_rule(R"(, "from": "10.0.1.100/24")")) ==
          Lines{rule_0 +
                "/from: \"10.0.1.100/24\" is an address in the network \"10.0.1.0/24\"; write that, or "
                "\"10.0.1.100\" for this address alone"});
    CHECK(faults_of(with_rule(R"(, "to": "default")")) ==
          Lines{rule_0 +
                "/to: must be a network with its length, such as \"10.1.0.0/16\" or \"2001:db8::/32\", not "
                "\"default\""});
}

TEST_CASE("a rule is of the family it says, of its networks, or of its instance") {
    const auto family = [](const std::string& more) { return rule_of(with_rule(more)).family; };
    CHECK(family(R"(, "input_interface": "eth1")") == Family::ipv4);
    CHECK(family(R"(, "input_interface": "eth1", "family": "ipv6")") == Family::ipv6);
    CHECK(family(R"(, "from": "2001:db8::/32")") == Family::ipv6);
    CHECK(family(R"(, "to": "2001:db8::/32")") == Family::ipv6);
    CHECK(family(R"(, "from": "::/0", "fwmark": 1)") == Family::ipv6);
    CHECK(rule_of(with_ipv6_instance(R"("rules": [{"priority": 1, "table": 7, "fwmark": 1}], )")).family ==
          Family::ipv6);
    CHECK(faults_of(with_rule(R"(, "from": "10.0.0.0/8", "to": "2001:db8::/32")")) ==
          Lines{rule_0 + "/to: 2001:db8::/32 is IPv6, but the rule is IPv4"});
    CHECK(faults_of(with_rule(R"(, "from": "10.0.0.0/8", "family": "ipv6")")) ==
          Lines{rule_0 + "/from: 10.0.0.0/8 is IPv4, but the rule is IPv6"});
    CHECK(faults_of(with_rule(R"(, "from": "10.0.0.0/8", "family": "ipv5")"))
              .front()
              .starts_with(rule_0 +
                           "/family: must be one of \"ipv4\" or \"ipv6\", not \"ipv5\"; did you mean"));
}

TEST_CASE("firewall marks") {
    const auto mark = [](const std::string& value) {
        return rule_of(with_rule(", \"fwmark\": " + value)).mark;
    };
    CHECK(mark("16") == FirewallMark{16, 0xffffffff});
    CHECK(mark("4294967295") == FirewallMark{0xffffffff, 0xffffffff});
    CHECK(mark("\"0x10\"") == FirewallMark{16, 0xffffffff});
    CHECK(mark("\"0xFFFFFFFF/0xffffffff\"") == FirewallMark{0xffffffff, 0xffffffff});
    CHECK(mark("\"0x0/0x1\"") == FirewallMark{0, 1});
    const auto wrong = [](const std::string& value) {
        return faults_of(with_rule(", \"fwmark\": " + value));
    };
    const std::string at = rule_0 + "/fwmark: ";
    const std::string form = at + "must be a whole number from 0 to 4294967295 or a mark such as \"0x10\" or "
                                  "\"0x10/0xff\", not ";
    for (const std::string value :
         {"4294967296", "-1", "true", "\"16\"", "\"0x100000000\"", "\"0x1/\"", "\"0x\""})
        CHECK(wrong(value) == Lines{form + value});
    CHECK(wrong("\"0x110/0xff\"") ==
          Lines{at + "no mark is 0x110 under the mask 0xff; set these bits in the mask, too"});
    CHECK(wrong("\"0x0/0x0\"") == Lines{at + "every mark matches under a mask of 0; leave this out"});
}

TEST_CASE("the same rule stands once in the file") {
    const auto two = [](const std::string& first, const std::string& second) {
        return errors_of(R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"], "rules": [{"table": 7, )" +
                         first + R"(}]},
 "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.2/24"], "rules": [{"table": 7, )" +
                         second + "}]}}}");
    };
    const Lines error{
        "f:3:80: /instances/B/rules/0: instance \"A\" already has the same rule; give it once, or "
        "another \"priority\""};
    const std::string first = R"("priority": 9, "from": "10.0.1.1")";
    CHECK(two(first, first) == error);
    CHECK(two(first, first + R"(, "to": "0.0.0.0/0")") == error); // says nothing
    CHECK(two(first, R"("priority": 10, "from": "10.0.1.1")") == Lines{});
    CHECK(two(first, first + R"(, "fwmark": 1)") == Lines{});
    CHECK(two(first, first + R"(, "input_interface": "lo")") == Lines{});
    CHECK(two(R"("priority": 9, "fwmark": 1)", R"("priority": 9, "fwmark": 1, "family": "ipv6")") == Lines{});
    CHECK(two(R"("priority": 0, "fwmark": 1)", R"("priority": 0, "fwmark": 1)").size() == 2);
}

} // namespace
} // namespace baton::config
