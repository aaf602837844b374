// What an instance holds: excluded addresses, where addresses stand and how they look, Accept_Mode.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

/// An instance of eth0 with its list of addresses, and more members that end with a comma.
std::string holding(const std::string& more, const std::string& addresses) {
    return R"({"instances": {"A": {"interface": "eth0", "vrid": 51, )" + more + R"("addresses": [)" +
           addresses + "]}}}";
}

Lines texts(const std::vector<Prefix>& prefixes) {
    Lines lines;
    for (const auto& prefix : prefixes)
        lines.push_back(prefix.to_string());
    return lines;
}

/// Address and interface of each that stands elsewhere.
Lines elsewhere(const vrrp::InstanceSettings& instance) {
    Lines lines;
    for (const auto& entry : instance.elsewhere)
        lines.push_back(entry.address.to_string() + " " + entry.interface);
    return lines;
}

constexpr const char* plain = R"("10.0.1.100/24")";
const std::string entry_0 = "/instances/A/addresses/0";
const std::string excluded_0 = "/instances/A/excluded_addresses/0";

TEST_CASE("an address is a text, or an object that says more") {
    const auto config = config_of(holding("", R"("10.0.1.1/24", {"address": "10.0.1.2/24"},
        {"address": "10.0.1.3/24", "interface": "eth1", "label": "eth1:mail", "scope": "link"},
        {"address": "10.0.1.4/24", "interface": "eth0", "label": "eth0"},
        {"address": "10.0.2.5/24", "scope": 77})"));
    const auto& instance = config.settings.instances.front();
    CHECK(texts(instance.addresses) ==
          Lines{"10.0.1.1/24", "10.0.1.2/24", "10.0.1.3/24", "10.0.1.4/24", "10.0.2.5/24"});
    CHECK(instance.excluded.empty());
    CHECK(elsewhere(instance) == Lines{"10.0.1.3/24 eth1"}); // eth0 carries them anyway
    REQUIRE(config.host.size() == 1);
    const auto& looks = config.host.front().looks;
    REQUIRE(looks.size() == 3);
    CHECK(looks[0].address.to_string() == "10.0.1.3/24");
    CHECK(looks[0].label == "eth1:mail");
    CHECK(looks[0].scope == 253);
    CHECK(looks[1].label == "eth0");
    CHECK_FALSE(looks[1].scope);
    CHECK(looks[2].label == "");
    CHECK(looks[2].scope == 77);
    CHECK(config.host.front().accept);
}

TEST_CASE("addresses of one network on one interface have one scope, for the kernel takes no other") {
    CHECK(
        faults_of(holding("", R"("10.0.1.1/24", {"address": "10.0.1.2/24", "scope": "link"},
        {"address": "10.0.1.3/24", "scope": "link"}, {"address": "10.0.1.4/25", "scope": "link"},
        {"address": "10.0.1.5/24", "scope": "link", "interface": "eth1"})")) ==
        Lines{
            "/instances/A/addresses/1: 10.0.1.2/24 must have the scope of 10.0.1.1/24, which is in the same "
            "network on the same interface",
            "/instances/A/addresses/2: 10.0.1.3/24 must have the scope of 10.0.1.1/24, which is in the same "
            "network on the same interface"});
}

TEST_CASE("a lease is three advert intervals, or three seconds, or what was asked for") {
    const auto lease = [](const std::string& more) {
        return config_of(with_instance(more)).host.front().lease.count();
    };
    CHECK(lease("") == 3);
    CHECK(lease("\"advert_interval\": \"10ms\", ") == 3);
    CHECK(lease("\"advert_interval\": \"1.01s\", ") == 4); // whole seconds, not less than asked for
    CHECK(lease("\"lease\": \"10s\", ") == 10);
    CHECK(lease("\"lease\": \"0s\", ") == 0);
    CHECK(lease("\"priority\": 255, ") == 3);
    CHECK(lease("\"priority\": 255, \"virtual_mac\": true, ") == 3);
    CHECK(
        errors_of(with_instance("\"lease\": \"1s\", ")) ==
        Lines{
            "f:1:31: /instances/A/lease: must be a duration from 2s to 1h in steps of 1s, or 0s for no end, "
            "not \"1s\""});
    CHECK(faults_of(with_instance("\"lease\": \"0s\", \"accept\": false, ")) ==
          Lines{"/instances/A/lease: with \"accept\": false the addresses need a lease: the kernel stops "
                "dropping "
                "packets to them when batond is killed"});
}

TEST_CASE("the words for a scope") {
    const auto scope = [](const std::string& value) {
        const auto config = config_of(holding("", R"({"address": "10.0.1.1/24", "scope": )" + value + "}"));
        REQUIRE(config.host.front().looks.size() == 1);
        return unsigned{config.host.front().looks.front().scope.value()};
    };
    CHECK(scope("\"global\"") == 0);
    CHECK(scope("\"site\"") == 200);
    CHECK(scope("\"link\"") == 253);
    CHECK(scope("\"host\"") == 254);
    CHECK(scope("\"nowhere\"") == 255);
    CHECK(scope("0") == 0);
    CHECK(scope("255") == 255);
    const auto wrong = [](const std::string& value) {
        return faults_of(holding("", R"({"address": "10.0.1.1/24", "scope": )" + value + "}"));
    };
    const auto error = entry_0 +
                       "/scope: must be one of \"global\", \"site\", \"link\", \"host\" or \"nowhere\" "
                       "or a whole number from 0 to 255, not ";
    CHECK(wrong("256") == Lines{error + "256"});
    CHECK(wrong("-1") == Lines{error + "-1"});
    CHECK(wrong("true") == Lines{error + "true"});
    CHECK(wrong("\"lnik\"") == Lines{error + "\"lnik\"; did you mean \"link\"?"});
}

TEST_CASE("an object without an address, or with a wrong one") {
    CHECK(errors_of(holding("", R"({"interface": "eth1"})")) ==
          Lines{"f:1:69: " + entry_0 + ": \"address\" is missing; it must be a string"});
    CHECK(errors_of(holding("", R"({"address": "10.0.1.0/24"})")) ==
          Lines{"f:1:81: " + entry_0 +
                "/address: \"10.0.1.0/24\" cannot be a virtual address: this is the "
                "address of the network itself, not of a host in it"});
    CHECK(faults_of(holding("", R"({"address": 5})")) ==
          Lines{entry_0 + "/address: must be a string, not 5"});
    CHECK(faults_of(holding("", "5")) == Lines{entry_0 + ": must be a string or an object, not 5"});
    CHECK(faults_of(holding("", R"({"address": "10.0.1.1/24", "dev": "eth1"})")) ==
          Lines{entry_0 + "/dev: unknown key \"dev\" (allowed: address, interface, label, scope)"});
    CHECK(faults_of(holding("", R"({"address": "10.0.1.1/24", "interface": "eth1:1"})"))
              .front()
              .starts_with(entry_0 + "/interface: must be the name of an interface"));
}

TEST_CASE("a label is the name of the interface that carries the address, or begins with it and a colon") {
    const auto label = [](const std::string& more, const std::string& word) {
        return faults_of(holding(more, R"({"address": "10.0.1.1/24", "label": ")" + word + "\"}"));
    };
    const auto error = [](const std::string& example, const std::string& found) {
        return Lines{entry_0 +
                     "/label: must be the name of the interface that carries the address, or begin "
                     "with it and a colon, such as \"" +
                     example + "\", not \"" + found + "\""};
    };
    CHECK(label("", "eth0") == Lines{});
    CHECK(label("", "eth0:mail_10_mx") == Lines{});
    CHECK(label("", "eth01") == error("eth0:1", "eth01"));
    CHECK(label("", "mail") == error("eth0:1", "mail"));
    CHECK(label("\"virtual_mac\": true, ", "vrrp4-51:mail") == Lines{});
    CHECK(label("\"virtual_mac\": true, ", "eth0:mail") == error("vrrp4-51:1", "eth0:mail"));
    const std::string form =
        entry_0 + "/label: must be a label: 1 to 15 characters without spaces or \"/\", not ";
    CHECK(label("", "eth0:mail_10_mx1") == Lines{form + "\"eth0:mail_10_mx1\""});
    CHECK(label("", "") == Lines{form + "\"\""});
    CHECK(label("", "eth0:a b") == Lines{form + "\"eth0:a b\""});
    CHECK(faults_of(holding("", R"({"address": "10.0.1.1/24", "interface": "eth1", "label": "eth0:1"})")) ==
          error("eth1:1", "eth0:1"));
}

TEST_CASE("IPv6 addresses have no label and tell their scope themselves") {
    CHECK(errors_of(holding("", R"({"address": "fe80::1/64", "label": "eth0:1", "scope": "link"})")) ==
          Lines{"f:1:95: " + entry_0 + "/label: IPv6 addresses have no labels; leave this out",
                "f:1:114: " + entry_0 + "/scope: an IPv6 address tells its scope itself; leave this out"});
    CHECK(faults_of(
              holding(R"("excluded_addresses": [{"address": "fe80::1/64", "label": "eth0:1"}], )", plain)) ==
          Lines{excluded_0 + "/label: IPv6 addresses have no labels; leave this out"});
}

TEST_CASE("an owner has its addresses where they are") {
    const std::string owner = "\"priority\": 255, ";
    const std::string all =
        R"({"address": "10.0.1.1/24", "interface": "eth1", "label": "x", "scope": "link"})";
    const std::string error =
        ": an owner (priority 255) without \"virtual_mac\" has its addresses where they are, "
        "as they are; leave this out";
    CHECK(faults_of(holding(owner, all)) ==
          Lines{entry_0 + "/interface" + error, entry_0 + "/label" + error, entry_0 + "/scope" + error});
    CHECK(faults_of(holding(owner + R"("excluded_addresses": [{"address": "10.0.1.1/24", "scope": 0}], )",
                            plain)) == Lines{excluded_0 + "/scope" + error});
    CHECK(faults_of(holding(owner, R"({"address": "10.0.1.1/24"})")) == Lines{});
    // With a virtual MAC address they are not its own beforehand.
    CHECK(elsewhere(instance_of(holding(owner + "\"virtual_mac\": true, ",
                                        R"({"address": "10.0.1.1/24", "interface": "eth1"})"))) ==
          Lines{"10.0.1.1/24 eth1"});
}

TEST_CASE("excluded addresses, of both families") {
    const auto instance = instance_of(holding(
        R"("excluded_addresses": ["10.0.2.100/24", "fe80::7/64", {"address": "2001:db8::1/64", "interface": "eth1"}], )",
        plain));
    CHECK(texts(instance.addresses) == Lines{"10.0.1.100/24"});
    CHECK(texts(instance.excluded) == Lines{"10.0.2.100/24", "fe80::7/64", "2001:db8::1/64"});
    CHECK(elsewhere(instance) == Lines{"2001:db8::1/64 eth1"});
    CHECK(instance.family() == Family::ipv4);
    CHECK(errors_of(holding(R"("excluded_addresses": ["10.0.1.0/24"], )", plain)) ==
          Lines{"f:1:78: " + excluded_0 +
                ": \"10.0.1.0/24\" cannot be a virtual address: this is the address of "
                "the network itself, not of a host in it"});
    CHECK(faults_of(holding(R"("excluded_addresses": "10.0.1.7", )", plain)) ==
          Lines{"/instances/A/excluded_addresses: must be a list of at most 1000 entries, not \"10.0.1.7\""});
}

TEST_CASE("a thousand excluded addresses, for they stand in no advert") {
    const auto excluding = [](unsigned count) {
        std::string list;
        for (unsigned i = 1; i <= count; ++i)
            list += (i == 1 ? "\"2001:db8::" : ", \"2001:db8::") + std::to_string(i) + "\"";
        return holding("\"excluded_addresses\": [" + list + "], ", "\"fe80::1/64\"");
    };
    CHECK(instance_of(excluding(1000)).excluded.size() == 1000);
    CHECK(faults_of(excluding(1001)) ==
          Lines{"/instances/A/excluded_addresses: must be a list of at most 1000 "
                "entries, not a list of 1001 entries"});
}

TEST_CASE("an address stands once in the file, excluded or not") {
    CHECK(
        errors_of(R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"], "excluded_addresses": ["10.0.1.2", "10.0.1.1"]},
 "B": {"interface": "eth1", "vrid": 1, "addresses": ["10.0.1.3/24"], "excluded_addresses": [
  {"address": "10.0.1.3/32", "interface": "eth2"}, "10.0.1.2/24", "10.0.1.4"]}}})") ==
        Lines{"f:2:105: /instances/A/excluded_addresses/1: 10.0.1.1 is already an address of instance \"A\"; "
              "name it once",
              "f:4:3: /instances/B/excluded_addresses/0: 10.0.1.3 is already an address of instance \"B\"; "
              "name "
              "it once",
              "f:4:52: /instances/B/excluded_addresses/1: 10.0.1.2 is already an address of instance \"A\"; "
              "name "
              "it once"});
}

TEST_CASE("a link-local address is another one where it stands, not where its instance is") {
    const auto two = [](const std::string& first, const std::string& second) {
        return R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": [)" + first +
               R"(]}, "B": {"interface": "eth1", "vrid": 2, "addresses": [)" + second + "]}}}";
    };
    const auto repeated = [](const std::string& place, const std::string& name) {
        return Lines{place + ": fe80::1 is already an address of instance \"" + name + "\"; name it once"};
    };
    const std::string here = "\"fe80::1/64\"";
    const std::string on_eth1 = R"({"address": "fe80::1/64", "interface": "eth1"})";
    CHECK(faults_of(two(here, here)) == Lines{});
    CHECK(faults_of(two(on_eth1, here)) == repeated("/instances/B/addresses/0", "A"));
    // One instance has it on one interface, whatever its length: adverts name the address alone.
    for (const std::string length : {"64", "128"})
        CHECK(
            faults_of(two("\"fe80::1/64\", {\"address\": \"fe80::1/" + length + R"(", "interface": "eth1"})",
                          "\"fe80::2/64\"")) == repeated("/instances/A/addresses/1", "A"));
}

TEST_CASE("the interface of a virtual MAC address carries one family") {
    const std::string mac = "\"virtual_mac\": true, ";
    CHECK(
        errors_of(holding(mac + R"("excluded_addresses": ["10.0.2.1/24", "2001:db8::1/64"], )", plain)) ==
        Lines{
            "f:1:114: /instances/A/excluded_addresses/1: 2001:db8::1 is IPv6, but the virtual MAC address of "
            "\"vrrp4-51\" is for IPv4; put it on another interface: { \"address\": \"2001:db8::1/64\", "
            "\"interface\": ... }"});
    CHECK(faults_of(holding(
              mac + R"("excluded_addresses": [{"address": "10.0.2.1/24", "interface": "vrrp6-51"}], )",
              "\"fe80::1/64\"")) ==
          Lines{excluded_0 +
                ": 10.0.2.1 is IPv4, but the virtual MAC address of \"vrrp6-51\" is for IPv6; put it "
                "on another interface: { \"address\": \"10.0.2.1/24\", \"interface\": ... }"});
    CHECK(elsewhere(instance_of(
              holding(mac + R"("excluded_addresses": [{"address": "2001:db8::1/64", "interface": "eth0"}], )",
                      plain))) == Lines{"2001:db8::1/64 eth0"});
    CHECK(faults_of(holding(R"("excluded_addresses": ["2001:db8::1/64"], )", plain)) == Lines{});
}

TEST_CASE("no node sends from, or to, an excluded address") {
    const std::string excluded = R"("excluded_addresses": ["10.0.1.7/24"], )";
    CHECK(
        faults_of(holding(excluded + R"("source_address": "10.0.1.7", )", plain)) ==
        Lines{
            "/instances/A/source_address: 10.0.1.7 is a virtual address of instance \"A\", and only an owner "
            "(priority 255) may send from its own"});
    CHECK(
        faults_of(holding(excluded + R"("unicast": {"peers": ["10.0.1.7"]}, )", plain)) ==
        Lines{
            "/instances/A/unicast/peers/0: 10.0.1.7 is a virtual address of instance \"A\"; name the address "
            "that the other node has for itself"});
}

TEST_CASE("Accept_Mode is on unless it is off, and always for an owner") {
    const auto accept = [](const std::string& more) {
        return config_of(with_instance(more)).host.front().accept;
    };
    CHECK(accept(""));
    CHECK(accept("\"accept\": true, "));
    CHECK_FALSE(accept("\"accept\": false, "));
    CHECK(accept("\"priority\": 255, "));
    CHECK(accept("\"priority\": 255, \"accept\": true, "));
    CHECK(errors_of(with_instance("\"priority\": 255, \"accept\": false, ")) ==
          Lines{"f:1:49: /instances/A/accept: an owner (priority 255) always accepts; leave this out"});
    CHECK(errors_of(with_instance("\"priority\": 255, \"accept\": 0, ")) ==
          Lines{"f:1:49: /instances/A/accept: must be true or false, not 0"});
}

TEST_CASE("what the kernel is to do has the number of its instance") {
    const auto config = config_of(R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"]},
 "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.2/24"], "accept": false}}})");
    REQUIRE(config.host.size() == 2);
    CHECK(config.host[0].accept);
    CHECK_FALSE(config.host[1].accept);
}

} // namespace
} // namespace baton::config
