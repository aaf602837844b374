// What goes beyond one instance: sync groups, the pace of announcements, interfaces with virtual MAC
// addresses.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

std::string instance(const std::string& name, int vrid, const std::string& more = "") {
    return "\"" + name + "\": {\"interface\": \"eth0\", \"vrid\": " + std::to_string(vrid) + ", " + more +
           "\"addresses\": [\"10.0.1." + std::to_string(vrid) + "/24\"]}";
}

std::string three(const std::string& top) {
    return "{" + top + "\"instances\": {" + instance("A", 1) + ", " + instance("B", 2) + ", " +
           instance("C", 3) + "}}";
}

std::string groups(const std::string& list) { return three("\"sync_groups\": {" + list + "}, "); }

} // namespace

TEST_CASE("sync groups name their members") {
    const auto settings = config_of(groups(R"("mail": ["C", "A"])")).settings;
    REQUIRE(settings.sync_groups.size() == 1);
    CHECK(settings.sync_groups[0].name == "mail");
    CHECK(settings.sync_groups[0].members ==
          std::vector<vrrp::InstanceId>{vrrp::InstanceId{2}, vrrp::InstanceId{0}});
    CHECK(config_of(three("")).settings.sync_groups.empty());
}

TEST_CASE("sync groups with members that are not there, or too often, or too few") {
    CHECK(faults_of(groups(R"("mail": ["A", "BB"])")) ==
          Lines{"/sync_groups/mail/1: there is no instance \"BB\"; did you mean \"B\"? (allowed: A, B, C)"});
    CHECK(faults_of(groups(R"("mail": ["A", "A"])")) ==
          Lines{"/sync_groups/mail: \"A\" is already a member of group \"mail\"; name it once"});
    CHECK(faults_of(groups(R"("mail": ["A", "B"], "web": ["B", "C"])")) ==
          Lines{"/sync_groups/web: \"B\" is already a member of group \"mail\"; name it once"});
    CHECK(faults_of(groups(R"("mail": ["A"])")).size() == 1);
    CHECK(faults_of(groups(R"("mail": "A")")).size() == 1);
}

TEST_CASE("the pace of announcements") {
    CHECK(config_of(three("")).settings.announce_rate == vrrp::Settings{}.announce_rate);
    CHECK(config_of(three("\"announce_rate\": 500, ")).settings.announce_rate == 500);
    CHECK(faults_of(three("\"announce_rate\": -1, ")).size() == 1);
    CHECK(faults_of(three("\"announce_rate\": 100001, ")).size() == 1);
}

TEST_CASE("a virtual MAC address comes with an interface that holds the addresses") {
    const auto plain = instance_of(with_instance(""));
    CHECK_FALSE(plain.virtual_mac);
    CHECK(plain.holder.empty());
    const auto made = instance_of(with_instance("\"virtual_mac\": true, "));
    CHECK(made.virtual_mac);
    CHECK(made.holder == "vrrp4-" + std::to_string(made.vrid.value));
    CHECK(instance_of(with_ipv6_instance("\"virtual_mac\": true, ")).holder.starts_with("vrrp6-"));
    CHECK(instance_of(with_instance(R"("virtual_mac": true, "virtual_mac_interface": "vmac0", )")).holder ==
          "vmac0");
}

TEST_CASE("interfaces with virtual MAC addresses are not shared") {
    const std::string named = R"("virtual_mac": true, "virtual_mac_interface": "vmac0", )";
    CHECK(faults_of("{\"instances\": {" + instance("A", 1, named) + ", " + instance("B", 2, named) + "}}") ==
          Lines{"/instances/B/virtual_mac: the interface \"vmac0\" is already that of instance \"A\"; give "
                "this one a \"virtual_mac_interface\" of its own"});
    CHECK(faults_of(with_instance(R"("virtual_mac": true, "virtual_mac_interface": "eth0", )")).size() == 1);
    CHECK(faults_of(with_instance(R"("virtual_mac_interface": "vmac0", )")) ==
          Lines{"/instances/A/virtual_mac_interface: without \"virtual_mac\": true no interface is made; "
                "leave this out"});
}

} // namespace baton::config
