// Where adverts go, where they come from, and which are taken.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

const std::string at_peer = "/instances/A/unicast/peers/";

std::string unicast(const std::string& more) { return "\"unicast\": {" + more + "}, "; }
std::string peers(const std::string& list) { return unicast("\"peers\": [" + list + "]"); }
std::string source(const std::string& address) { return "\"source_address\": \"" + address + "\", "; }
std::string group(const std::string& address) { return "\"multicast_group\": \"" + address + "\", "; }

TEST_CASE("unicast: the peers, and what goes with them") {
    const auto plain = instance_of(with_instance(peers(R"("10.0.1.12", "10.0.1.13")"))).unicast;
    CHECK(plain.peers == std::vector<IpAddress>{IpAddress::v4(10, 0, 1, 12), IpAddress::v4(10, 0, 1, 13)});
    CHECK(plain.check_source == vrrp::UnicastSettings{}.check_source);
    CHECK(plain.hop_limit == vrrp::UnicastSettings{}.hop_limit);
    CHECK(plain.minimum_hop_limit == vrrp::UnicastSettings{}.minimum_hop_limit);
    const auto all = instance_of(with_instance(unicast(
                                     R"("peers": ["10.0.9.9"], "check_source": false, "ttl": 1,
                                        "minimum_ttl": 254)")))
                         .unicast;
    CHECK_FALSE(all.check_source);
    CHECK(all.hop_limit == 1);
    CHECK(all.minimum_hop_limit == 254);
    CHECK(instance_of(with_ipv6_instance(peers(R"("2001:db8::1", "2001:db8::2")"))).unicast.peers.size() ==
          2);
}

TEST_CASE("unicast: values out of range") {
    const auto wrong = [](const std::string& more) { return faults_of(with_instance(unicast(more))); };
    const std::string place = "/instances/A/unicast";
    CHECK(wrong("") == Lines{place + ": \"peers\" is missing; it must be a list of 1 to 64 entries"});
    CHECK(wrong("\"peers\": []") ==
          Lines{place + "/peers: must be a list of 1 to 64 entries, not an empty list"});
    CHECK(wrong(R"("peers": ["10.0.1.12"], "ttl": 0, "minimum_ttl": 256, "check_source": 1)") ==
          Lines{place + "/ttl: must be a whole number from 1 to 255, not 0",
                place + "/minimum_ttl: must be a whole number from 1 to 255, not 256",
                place + "/check_source: must be true or false, not 1"});
    std::string many = "\"10.0.2.1\"";
    for (int i = 2; i <= 64; ++i)
        many += ", \"10.0.2." + std::to_string(i) + "\"";
    CHECK(wrong("\"peers\": [" + many + "]") == Lines{});
    CHECK(wrong("\"peers\": [" + many + ", \"10.0.2.65\"]") ==
          Lines{place + "/peers: must be a list of 1 to 64 entries, not a list of 65 entries"});
}

TEST_CASE("unicast: text that is no address of a node") {
    const auto refused = [](const std::string& peer, const std::string& why) {
        CHECK(faults_of(with_instance(peers("\"" + peer + "\""))) ==
              Lines{at_peer + "0: \"" + peer + "\" cannot be the address of a node: " + why});
    };
    refused("224.0.0.18", "this is a multicast address");
    refused("127.0.0.1", "loopback addresses never leave the host");
    refused("0.0.0.0", "no host has an address that begins with 0");
    refused("255.255.255.255", "this is the broadcast address of every network");
    refused("::1", "loopback addresses never leave the host");
    for (const std::string peer : {"10.0.1.12/24", "lb2", "", "fe80::1%eth0"})
        CHECK(faults_of(with_instance(peers("\"" + peer + "\""))) ==
              Lines{at_peer +
                    "0: must be an IP address without a prefix length, such as \"10.0.1.12\" or "
                    "\"fe80::12\", not \"" +
                    peer + "\""});
}

TEST_CASE("unicast: peers are of the family, others than we, and each named once") {
    CHECK(errors_of(with_instance(peers(R"("10.0.1.12", "10.0.1.12")"))) ==
          Lines{"f:1:57: " + at_peer + "1: 10.0.1.12 is already a peer; name it once"});
    CHECK(faults_of(with_instance(peers(R"("fe80::12")"))) ==
          Lines{at_peer + "0: fe80::12 is IPv6, but the virtual addresses are IPv4"});
    CHECK(faults_of(with_ipv6_instance(peers(R"("10.0.1.12")"))) ==
          Lines{at_peer + "0: 10.0.1.12 is IPv4, but the virtual addresses are IPv6"});
    CHECK(faults_of(with_instance(peers(R"("10.0.1.100")"))) ==
          Lines{at_peer +
                "0: 10.0.1.100 is a virtual address of instance \"A\"; name the address that the other node "
                "has for itself"});
    CHECK(faults_of(with_instance(source("10.0.1.11") + peers(R"("10.0.1.12", "10.0.1.11")"))) ==
          Lines{at_peer + "1: 10.0.1.11 is the \"source_address\" of this node; name the other nodes only"});
    const std::string two = R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.1/24"], "unicast": {"peers": ["10.0.1.2"]}},
 "B": {"interface": "eth1", "vrid": 2, "addresses": ["10.0.1.2/24"]}}})";
    CHECK(
        errors_of(two) ==
        Lines{"f:2:92: " + at_peer +
              "0: 10.0.1.2 is a virtual address of instance \"B\"; name the address that the other node has "
              "for itself"});
}

TEST_CASE("unicast: IPv6 peers are all link-local or none is") {
    CHECK(faults_of(with_ipv6_instance(peers(R"("fe80::12", "fe80::13")"))) == Lines{});
    CHECK(faults_of(with_ipv6_instance(peers(R"("fe80::12", "2001:db8::13")"))) ==
          Lines{at_peer + "1: 2001:db8::13 is not link-local, unlike the first peer; all peers must be, or "
                          "none"});
    CHECK(faults_of(with_ipv6_instance(peers(R"("2001:db8::13", "fe80::12")"))) ==
          Lines{at_peer + "1: fe80::12 is link-local, unlike the first peer; all peers must be, or none"});
    CHECK(faults_of(with_ipv6_instance(peers(R"("x", "fe80::12", "2001:db8::13")"))).size() == 1);
    CHECK(faults_of(with_instance(peers(R"("169.254.0.1", "10.0.1.13")"))) == Lines{});
}

TEST_CASE("a multicast group is one, of the family") {
    CHECK(instance_of(with_instance("")).group == std::nullopt);
    CHECK(instance_of(with_instance(group("224.0.0.100"))).group == IpAddress::v4(224, 0, 0, 100));
    CHECK(instance_of(with_ipv6_instance(group("ff02::100"))).group == IpAddress::parse("ff02::100"));
    const std::string place = "/instances/A/multicast_group: ";
    for (const std::string wrong : {"10.0.1.1", "fe80::1", "x", "224.0.0.18/32"})
        CHECK(faults_of(with_instance(group(wrong))) ==
              Lines{place + "must be a multicast address, such as \"224.0.0.18\" or \"ff02::12\", not \"" +
                    wrong + "\""});
    for (const std::string wrong : {"ff01::12", "ff10::12"})
        CHECK(faults_of(with_ipv6_instance(group(wrong))) ==
              Lines{place + "\"" + wrong + "\" cannot be the group: packets to it never leave the host"});
    CHECK(faults_of(with_instance(group("ff02::12"))) ==
          Lines{place + "ff02::12 is IPv6, but the virtual addresses are IPv4"});
    CHECK(errors_of(with_ipv6_instance(group("224.0.0.18"))) ==
          Lines{"f:1:41: " + place + "224.0.0.18 is IPv4, but the virtual addresses are IPv6"});
}

TEST_CASE("adverts go to a group or to peers") {
    CHECK(errors_of(with_instance(peers(R"("10.0.1.12")") + group("224.0.0.18"))) ==
          Lines{"f:1:59: /instances/A/multicast_group: adverts go to the peers of \"unicast\" or to a group, "
                "not to both; leave one out"});
}

TEST_CASE("a source address is of the family and no virtual one, except an owner's own") {
    const std::string place = "/instances/A/source_address: ";
    CHECK(instance_of(with_instance("")).source == std::nullopt);
    CHECK(instance_of(with_instance(source("10.0.1.11"))).source == IpAddress::v4(10, 0, 1, 11));
    CHECK(
        errors_of(with_instance(source("10.0.1.100"))) ==
        Lines{"f:1:40: " + place +
              "10.0.1.100 is a virtual address of instance \"A\", and only an owner (priority 255) may send "
              "from its own"});
    CHECK(faults_of(with_instance("\"priority\": 255, " + source("10.0.1.100"))) == Lines{});
    CHECK(faults_of(with_instance(source("fe80::1"))) ==
          Lines{place + "fe80::1 is IPv6, but the virtual addresses are IPv4"});
    CHECK(faults_of(with_instance(source("224.0.0.1"))) ==
          Lines{place + "\"224.0.0.1\" cannot be the address of a node: this is a multicast address"});
    CHECK(faults_of(with_instance("\"source_address\": 5, ")) == Lines{place + "must be a string, not 5"});
}

TEST_CASE("an owner may not send from the address of another instance") {
    CHECK(faults_of(R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "priority": 255, "addresses": ["10.0.1.1/24"],
       "source_address": "10.0.1.2"},
 "B": {"interface": "eth0", "vrid": 2, "priority": 255, "addresses": ["10.0.1.2/24"]}}})") ==
          Lines{"/instances/A/source_address: 10.0.1.2 is a virtual address of instance \"B\", and only an "
                "owner (priority 255) may send from its own"});
}

TEST_CASE("an IPv6 source is link-local, or as the peers are") {
    const std::string place = "/instances/A/source_address: must ";
    CHECK(faults_of(with_ipv6_instance(source("fe80::11"))) == Lines{});
    CHECK(faults_of(with_ipv6_instance(source("2001:db8::11"))) ==
          Lines{place + "be link-local (fe80::/10), like the multicast group, not \"2001:db8::11\""});
    CHECK(faults_of(with_ipv6_instance(source("fe80::11") + peers("\"fe80::12\""))) == Lines{});
    CHECK(faults_of(with_ipv6_instance(source("2001:db8::11") + peers("\"2001:db8::12\""))) == Lines{});
    CHECK(faults_of(with_ipv6_instance(source("fe80::11") + peers("\"2001:db8::12\""))) ==
          Lines{place + "not be link-local (fe80::/10), like the peers, not \"fe80::11\""});
    CHECK(faults_of(with_ipv6_instance(source("2001:db8::11") + peers("\"fe80::12\""))) ==
          Lines{place + "be link-local (fe80::/10), like the peers, not \"2001:db8::11\""});
    // Peers that were refused leave open what the source must be.
    CHECK(faults_of(with_ipv6_instance(source("2001:db8::11") + peers("\"x\""))).size() == 1);
    CHECK(faults_of(with_ipv6_instance(source("2001:db8::11") + "\"unicast\": 5, ")).size() == 1);
}

TEST_CASE("which adverts are taken, and answered") {
    CHECK(instance_of(with_instance(R"("address_list": "report", )")).address_list ==
          vrrp::AddressListCheck::report);
    CHECK(instance_of(with_instance(R"("address_list": "refuse", )")).address_list ==
          vrrp::AddressListCheck::refuse);
    CHECK(
        faults_of(with_instance(R"("address_list": "refused", )")) ==
        Lines{"/instances/A/address_list: must be one of \"report\" or \"refuse\", not \"refused\"; did you "
              "mean \"refuse\"?"});
    CHECK(instance_of(with_instance(R"("answer_lower_priority": true, )")).answer_lower_priority);
    CHECK_FALSE(instance_of(with_instance(R"("answer_lower_priority": false, )")).answer_lower_priority);
    CHECK(faults_of(with_instance(R"("answer_lower_priority": "yes", )")) ==
          Lines{"/instances/A/answer_lower_priority: must be true or false, not \"yes\""});
    CHECK(instance_of(with_instance(R"("prompt_takeover": true, )")).prompt_takeover);
    CHECK_FALSE(instance_of(with_instance(R"("prompt_takeover": false, )")).prompt_takeover);
}

} // namespace
} // namespace baton::config
