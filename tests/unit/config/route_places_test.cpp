// Where routes stand in the kernel: tables, and places that only one route can take.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

std::string with_routes(const std::string& list) { return with_instance("\"routes\": [" + list + "], "); }

const std::string route_0 = "/instances/A/routes/0";

TEST_CASE("a routing table is main or a number, and not the kernel's own") {
    const auto table = [](const std::string& value) {
        return faults_of(
            with_routes(R"({"to": "10.8.0.0/16", "interface": "eth0", "table": )" + value + "}"));
    };
    const std::string error =
        route_0 + "/table: must be a whole number from 1 to 4294967295 or \"main\", not ";
    CHECK(table("1") == Lines{});
    CHECK(table("254") == Lines{});
    CHECK(table("\"main\"") == Lines{});
    CHECK(table("255") ==
          Lines{route_0 + "/table: table 255 (local) is the kernel's, which keeps this host's "
                          "addresses there; take another"});
    CHECK(table("0") == Lines{error + "0"});
    CHECK(table("4294967296") == Lines{error + "4294967296"});
    CHECK(table("\"100\"") == Lines{error + "\"100\""});
    CHECK(table("\"mian\"") == Lines{error + "\"mian\"; did you mean \"main\"?"});
}

TEST_CASE("the kernel has one place for each destination, table and metric") {
    const auto two = [](const std::string& first, const std::string& second) {
        return errors_of(R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"], "routes": [)" +
                         first + R"(]},
 "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.2/24"], "routes": [)" +
                         second + "]}}}");
    };
    const std::string first = R"({"to": "10.8.0.0/16", "via": "10.0.1.7"})";
    CHECK(two(first, R"({"to": "10.8.0.0/16", "type": "blackhole", "table": 254})") ==
          Lines{"f:3:81: /instances/B/routes/0: instance \"A\" already has a route to 10.8.0.0/16 in table "
                "main with "
                "metric 0, and the kernel keeps one of them; give this one another \"metric\" or \"table\""});
    CHECK(two(first, R"({"to": "10.8.0.0/16", "via": "10.0.1.7", "table": 9})") == Lines{});
    CHECK(two(first, R"({"to": "10.8.0.0/16", "via": "10.0.1.7", "metric": 1024})") == Lines{});
    CHECK(two(first, R"({"to": "10.8.0.0/17", "via": "10.0.1.7"})") == Lines{});
    // IPv6: no metric is 1024.
    const std::string ipv6 = R"({"to": "2001:db8::/32", "interface": "eth1", "table": 7)";
    CHECK(
        two(ipv6 + "}, " + ipv6 + ", \"metric\": 1024}", "") ==
        Lines{
            "f:2:139: /instances/A/routes/1: instance \"A\" already has a route to 2001:db8::/32 in table 7 "
            "with "
            "metric 1024, and the kernel keeps one of them; give this one another \"metric\" or \"table\""});
    CHECK(two(ipv6 + "}", ipv6 + ", \"metric\": 1}") == Lines{});
    // Refused ones take no place.
    CHECK(two(R"({"to": "x", "via": "10.0.1.7"})", R"({"to": "y", "via": "10.0.1.7"})").size() == 2);
}

} // namespace
} // namespace baton::config
