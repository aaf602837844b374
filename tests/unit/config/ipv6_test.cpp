// IPv6: virtual addresses, what an instance needs of them, and families side by side.
#include "config/address.h"
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

std::string with_addresses(const std::string& list) {
    return R"({"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": [)" + list + "]}}}";
}

TEST_CASE("IPv6 addresses a host may have") {
    const auto instance = instance_of(with_addresses(
        R"("fe80::1", "fe80::2/10", "febf::1/64", "2001:db8::1/64", "2001:db8::/127", "2001:db8::2:0/128",
           "fd00::ffff:ffff:ffff:ffff/64", "2001:db8:0:0:1::/64", "2001:db8:0:0:8::/68")"));
    CHECK(instance.family() == Family::ipv6);
    REQUIRE(instance.addresses.size() == 9);
    CHECK(instance.addresses[0].to_string() == "fe80::1/128");
    CHECK(instance.addresses[3].to_string() == "2001:db8::1/64");
}

TEST_CASE("IPv6 addresses no host may have") {
    const auto refused = [](const std::string& address, const std::string& why) {
        CHECK(errors_of(with_addresses("\"fe80::1/64\", \"" + address + "\"")) ==
              Lines{"f:1:82: /instances/A/addresses/1: \"" + address +
                    "\" cannot be a virtual address: " + why});
    };
    refused("::", "this is the unspecified address");
    refused("::1/128", "loopback addresses never leave the host");
    refused("::2/128", "addresses in ::/8 are reserved");
    refused("::ffff:10.0.1.100", "addresses in ::/8 are reserved");
    refused("64:ff9b::1/96", "addresses in ::/8 are reserved");
    refused("ff02::12/64", "this is a multicast address");
    refused("2001:db8::1/0", "a length of 0 would make the whole Internet local");
    refused("2001:db8::/64", "this is the address of the network itself, not of a host in it");
    refused("2001:db8::10/124", "this is the address of the network itself, not of a host in it");
    refused("2001:db8::2:0/111", "this is the address of the network itself, not of a host in it");
}

TEST_CASE("text that is no IPv6 address") {
    for (const std::string address : {"fe80::1%eth0/64", "fe80::1/129", "fe80:::1", "[fe80::1]/64"})
        CHECK(faults_of(with_addresses("\"fe80::9\", \"" + address + "\"")) ==
              Lines{"/instances/A/addresses/1: must be an IP address with the length of its network, such as "
                    "\"10.0.1.100/24\" or \"fe80::100/64\", not \"" +
                    address + "\""});
}

TEST_CASE("the first address of an IPv6 instance is link-local") {
    const auto error = [](const std::string& address) {
        return "f:1:68: /instances/A/addresses/0: the first address of an IPv6 instance must be link-local "
               "(fe80::/10), such as \"fe80::100/64\", not \"" +
               address + "\"";
    };
    CHECK(errors_of(with_addresses(R"("2001:db8::1/64", "fe80::1/64")")) == Lines{error("2001:db8::1/64")});
    CHECK(errors_of(with_addresses(R"("fec0::1")")) == Lines{error("fec0::1/128")});
    // A first one that is refused is no reason to complain of the second.
    CHECK(faults_of(with_addresses(R"("::1", "2001:db8::1/64")")).size() == 1);
}

TEST_CASE("an instance has one family") {
    CHECK(errors_of(with_addresses(R"("fe80::1/64", "10.0.1.1/24")")) ==
          Lines{"f:1:82: /instances/A/addresses/1: 10.0.1.1 is IPv4, but the addresses of this instance are "
                "IPv6; an instance has one family, so make two instances"});
    CHECK(errors_of(with_addresses(R"("10.0.1.1/24", "fe80::1/64")")) ==
          Lines{"f:1:83: /instances/A/addresses/1: fe80::1 is IPv6, but the addresses of this instance are "
                "IPv4; an instance has one family, so make two instances"});
    CHECK(faults_of(with_addresses(R"("x", "fe80::1/64")")).size() == 1);
}

TEST_CASE("90 IPv6 addresses fit in an advert, and 255 of IPv4") {
    const auto list = [](const std::string& first, const std::string& start, unsigned count) {
        auto text = "\"" + first + "\"";
        for (unsigned i = 2; i <= count; ++i)
            text += ", \"" + start + std::to_string(i) + "\"";
        return with_addresses(text);
    };
    CHECK(instance_of(list("fe80::1", "2001:db8::", 90)).addresses.size() == 90);
    CHECK(errors_of(list("fe80::1", "2001:db8::", 91)) ==
          Lines{"f:1:67: /instances/A/addresses: must be a list of 1 to 90 entries, not of 91: no more IPv6 "
                "addresses fit in an advert of 1500 octets"});
    CHECK(instance_of(list("10.0.1.1", "10.0.1.", 255)).addresses.size() == 255);
    CHECK(faults_of(list("10.0.1.1", "10.0.1.", 256)).front() ==
          "/instances/A/addresses: must be a list of 1 to 255 entries, not a list of 256 entries");
}

TEST_CASE("a VRID may be used for each family on one interface, but once for each") {
    const std::string text = R"({"instances": {
 "A": {"interface": "eth0", "vrid": 51, "addresses": ["10.0.1.1/24"]},
 "B": {"interface": "eth0", "vrid": 51, "addresses": ["fe80::1/64"]})";
    CHECK(errors_of(text + "}}") == Lines{});
    CHECK(errors_of(text + R"(,
 "C": {"interface": "eth0", "vrid": 51, "addresses": ["fe80::2/64"]}}})") ==
          Lines{"f:4:37: /instances/C/vrid: VRID 51 on eth0 is already that of instance \"B\"; give each its "
                "own"});
}

TEST_CASE("a link-local address is another one on each interface") {
    const auto two = [](const std::string& interface, const std::string& address) {
        return R"({"instances": {
 "A": {"interface": "eth0", "vrid": 1, "addresses": ["fe80::1/64", "2001:db8::1/64"]},
 "B": {"interface": ")" +
               interface + R"(", "vrid": 2, "addresses": ["fe80::1/64", ")" + address + R"("]}}})";
    };
    CHECK(errors_of(two("eth1", "2001:db8:0:1::1/64")) == Lines{});
    CHECK(faults_of(two("eth0", "2001:db8:0:1::1/64")) ==
          Lines{"/instances/B/addresses/0: fe80::1 is already an address of instance \"A\"; name it once"});
    CHECK(
        faults_of(two("eth1", "2001:db8::1/64")) ==
        Lines{"/instances/B/addresses/1: 2001:db8::1 is already an address of instance \"A\"; name it once"});
}

TEST_CASE("only IPv6 asks whether the first address is link-local") {
    CHECK(instance_of(with_ipv6_instance(R"("require_link_local_first": true, )")).require_link_local_first);
    CHECK_FALSE(
        instance_of(with_ipv6_instance(R"("require_link_local_first": false, )")).require_link_local_first);
    CHECK(faults_of(with_ipv6_instance(R"("require_link_local_first": 0, )")) ==
          Lines{"/instances/A/require_link_local_first: must be true or false, not 0"});
    CHECK(
        errors_of(with_instance(R"("require_link_local_first": true, )")) ==
        Lines{"f:1:22: /instances/A/require_link_local_first: this means nothing with IPv4 addresses; leave "
              "it out"});
}

} // namespace
} // namespace baton::config
