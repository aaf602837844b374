// Interfaces that addresses, routes and rules name: those of the host, and those that batond makes.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

/// The errors on a host that has lo, eth0 and eth1, without file, line and column.
Lines faults_on_host(const std::string& text) {
    Lines lines;
    const auto loaded = load(text, "f", Host{{"eth0", "eth1", "lo"}});
    if (!loaded)
        for (const auto& problem : loaded.error())
            lines.push_back(describe(problem).substr(describe(problem).find(": ") + 2));
    return lines;
}

/// An instance A with more members that end with a comma, and B; both have virtual MAC addresses.
std::string two(const std::string& more) {
    return R"({"instances": {
 "A": {"interface": "eth0", "vrid": 51, "virtual_mac": true, )" +
           more + R"("addresses": ["10.0.1.1/24"]},
 "B": {"interface": "eth1", "vrid": 52, "virtual_mac": true, "addresses": ["10.0.2.1/24"]}}})";
}

std::string excluded(const std::string& interface) {
    return R"("excluded_addresses": [{"address": "10.0.3.1/24", "interface": ")" + interface + "\"}], ";
}
std::string route(const std::string& interface) {
    return R"("routes": [{"to": "10.8.0.0/16", "interface": ")" + interface + "\"}], ";
}
std::string rule(const std::string& key, const std::string& interface) {
    return R"("rules": [{"priority": 1, "table": 7, ")" + key + "\": \"" + interface + "\"}], ";
}

TEST_CASE("interfaces of the host and the instance's own are there") {
    for (const auto* interface : {"eth0", "eth1", "vrrp4-51"}) {
        CHECK(faults_on_host(two(excluded(interface))) == Lines{});
        CHECK(faults_on_host(two(route(interface))) == Lines{});
        CHECK(faults_on_host(two(rule("input_interface", interface))) == Lines{});
    }
    CHECK(faults_on_host(two(rule("input_interface", "lo"))) == Lines{});
    CHECK(faults_on_host(two(rule("output_interface", "vrrp4-52"))) == Lines{});
}

TEST_CASE("interfaces that are not there") {
    const std::string error =
        ": there is no interface \"eth7\" on this host; did you mean \"eth0\"? (allowed: ";
    CHECK(faults_on_host(two(
              R"("excluded_addresses": ["10.0.3.2", {"address": "10.0.3.1/24", "interface": "eth7"}], )")) ==
          Lines{"/instances/A/excluded_addresses/1/interface" + error + "eth0, eth1, lo)"});
    CHECK(faults_on_host(R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": [
        {"address": "10.0.1.1/24", "interface": "eth7"}]}}})") ==
          Lines{"/instances/A/addresses/0/interface" + error + "eth0, eth1, lo)"});
    CHECK(faults_on_host(two(route("eth7"))) ==
          Lines{"/instances/A/routes/0/interface" + error + "eth0, eth1, lo)"});
    for (const std::string key : {"input_interface", "output_interface"})
        CHECK(faults_on_host(two(rule(key, "eth7"))) ==
              Lines{"/instances/A/rules/0/" + key + error + "eth0, eth1, lo, vrrp4-51, vrrp4-52)"});
    // Nobody knows the host of a file that is only looked at.
    CHECK(faults_of(two(route("eth7"))) == Lines{});
}

TEST_CASE("the interface of another instance's virtual MAC address is not always up") {
    const std::string error =
        ": \"vrrp4-52\" is the interface of instance \"B\", and down while that one is not "
        "Active; put this into that instance";
    CHECK(faults_on_host(two(excluded("vrrp4-52"))) ==
          Lines{"/instances/A/excluded_addresses/0/interface" + error});
    CHECK(faults_on_host(two(route("vrrp4-52"))) == Lines{"/instances/A/routes/0/interface" + error});
    CHECK(faults_of(two(route("vrrp4-52"))) == Lines{"/instances/A/routes/0/interface" + error});
}

} // namespace
} // namespace baton::config
