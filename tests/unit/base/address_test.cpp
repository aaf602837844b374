#include "base/address.h"

#include <doctest/doctest.h>

#include <vector>

using namespace baton;

TEST_CASE("an address reads and prints as people write it") {
    CHECK(IpAddress::parse("10.0.1.100") == IpAddress::v4(10, 0, 1, 100));
    CHECK(IpAddress::v4(224, 0, 0, 18).to_string() == "224.0.0.18");
    CHECK(IpAddress::parse("fe80::0:1")->to_string() == "fe80::1");
    CHECK(IpAddress::parse("fe80::1")->family() == Family::ipv6);
    CHECK(IpAddress{} == IpAddress::v4(0, 0, 0, 0));
}

TEST_CASE("only an address is an address") {
    for (const std::string text :
         {"", " ", "10.0.1", "10.0.1.256", "10.0.1.1 ", " 10.0.1.1", "10.0.1.1/24", "010.0.0.1",
          "fe80::1%eth0", "fe80::g", "localhost", ":::", "1.2.3.4.5", "0x0a000001"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text).has_value());
    }
    CHECK_FALSE(IpAddress::parse(std::string_view("10.0.1.1\0", 9)).has_value());
}

TEST_CASE("an address is its bytes in network order") {
    const auto v4 = IpAddress::v4(192, 0, 2, 1);
    CHECK(std::vector(v4.bytes().begin(), v4.bytes().end()) == std::vector<std::uint8_t>{192, 0, 2, 1});
    CHECK(IpAddress::from_bytes(Family::ipv4, v4.bytes()) == v4);
    const auto v6 = *IpAddress::parse("2001:db8::5");
    REQUIRE(v6.bytes().size() == 16);
    CHECK(v6.bytes()[0] == 0x20);
    CHECK(v6.bytes()[15] == 5);
    CHECK(IpAddress::from_bytes(Family::ipv6, v6.bytes()) == v6);
}

TEST_CASE("addresses are ordered as unsigned numbers in network order, IPv4 first") {
    CHECK(IpAddress::v4(10, 0, 0, 200) > IpAddress::v4(10, 0, 0, 100));
    CHECK(IpAddress::v4(10, 0, 0, 255) < IpAddress::v4(192, 0, 2, 1));
    CHECK(IpAddress::v4(1, 0, 0, 0) > IpAddress::v4(0, 255, 255, 255));
    CHECK(IpAddress::v4(255, 255, 255, 255) < *IpAddress::parse("::"));
    CHECK(*IpAddress::parse("fe80::1:0") > *IpAddress::parse("fe80::ffff"));
}

TEST_CASE("a prefix reads and prints with its length") {
    const auto prefix = Prefix::parse("10.0.1.100/24");
    REQUIRE(prefix.has_value());
    CHECK(prefix->address == IpAddress::v4(10, 0, 1, 100));
    CHECK(prefix->length == 24);
    CHECK(prefix->to_string() == "10.0.1.100/24");
    CHECK(Prefix::parse("10.0.1.100")->length == 32);
    CHECK(Prefix::parse("fe80::1")->length == 128);
    CHECK(Prefix::parse("0.0.0.0/0")->length == 0);
    CHECK(Prefix::parse("fe80::1/128")->to_string() == "fe80::1/128");
}

TEST_CASE("only a prefix is a prefix") {
    for (const std::string text : {"", "/24", "10.0.1.100/", "10.0.1.100/33", "10.0.1.100/-1",
                                   "10.0.1.100/+1", "10.0.1.100/24 ", "10.0.1.100/2x", "10.0.1.100/24/24",
                                   "10.0.1.100/256", "fe80::1/129", "10.0.1.100/ 24", "10.0.1.100/024"}) {
        CAPTURE(text);
        CHECK_FALSE(Prefix::parse(text).has_value());
    }
}

TEST_CASE("an Ethernet address prints in lower-case pairs") {
    CHECK(MacAddress{{0x00, 0x00, 0x5e, 0x00, 0x01, 0x33}}.to_string() == "00:00:5e:00:01:33");
    CHECK(MacAddress{{0xff, 0xab, 0x0c, 0, 0, 9}}.to_string() == "ff:ab:0c:00:00:09");
}

TEST_CASE("multicast and link-local addresses are told by their first bits") {
    const auto is_multicast = [](const char* text) { return IpAddress::parse(text)->is_multicast(); };
    const auto is_link_local = [](const char* text) { return IpAddress::parse(text)->is_link_local(); };
    CHECK(is_multicast("224.0.0.18"));
    CHECK(is_multicast("239.255.255.255"));
    CHECK_FALSE(is_multicast("223.255.255.255"));
    CHECK_FALSE(is_multicast("240.0.0.1"));
    CHECK(is_multicast("ff02::12"));
    CHECK_FALSE(is_multicast("fe80::12"));
    CHECK(is_link_local("fe80::1"));
    CHECK(is_link_local("febf:ffff::1"));
    CHECK_FALSE(is_link_local("fec0::1"));
    CHECK_FALSE(is_link_local("2001:db8::1"));
    CHECK(is_link_local("169.254.1.1"));
    CHECK_FALSE(is_link_local("169.253.1.1"));
    CHECK(IpAddress::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12}) ==
          *IpAddress::parse("ff02::12"));
}

TEST_CASE("some addresses are no host's") {
    for (const auto* text : {"0.0.0.0", "::", "224.0.0.18", "ff02::12", "255.255.255.255"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text)->is_of_a_host());
    }
    for (const auto* text : {"10.0.1.3", "0.0.0.1", "fe80::1", "::1", "255.255.255.254"}) {
        CAPTURE(text);
        CHECK(IpAddress::parse(text)->is_of_a_host());
    }
}
