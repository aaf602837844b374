// Holding and releasing addresses, as the kernel has them afterwards.
#include "netlink/addresses.h"
#include "netlink/dump.h"
#include "tests/unit/netlink/namespace.h"

#include <chrono>
#include <thread>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

struct Interface0 : Namespace {
    Interface0() : socket(Socket::open().value()), addresses(socket) {
        ip("link add eth0 type veth peer name peer0");
        ip("link set eth0 up");
        eth0 = IfIndex(index_of("eth0"));
    }

    // "10.0.1.100/24 ours", in the kernel's order.
    Words there() {
        Words texts;
        for (const HeldAddress& held : read_addresses(socket, eth0).value())
            if (held.prefix.address.family() == Family::ipv4)
                texts.push_back(held.prefix.to_string() + (held.ours ? " ours" : ""));
        return texts;
    }

    static std::vector<Prefix> list(const Words& words) {
        std::vector<Prefix> all;
        for (const std::string& word : words)
            all.push_back(Prefix::parse(word).value());
        return all;
    }

    std::string hold(const Words& words, bool adopt = false) {
        return describe(addresses.hold(eth0, list(words), adopt));
    }
    std::string release(const Words& words) { return describe(addresses.release(eth0, list(words))); }

    Socket socket;
    Addresses addresses;
    IfIndex eth0;
};

} // namespace

TEST_CASE_FIXTURE(Interface0, "held addresses are on the interface, with our mark, after what was there") {
    ip("address add 10.0.1.2/24 dev eth0");
    CHECK(hold({"10.0.1.100/24", "10.0.2.100/24"}).empty());
    CHECK(there() == Words{"10.0.1.2/24", "10.0.2.100/24 ours", "10.0.1.100/24 ours"});
}

TEST_CASE_FIXTURE(Interface0, "holding what is held is fine, and adds what is missing") {
    CHECK(hold({"10.0.1.100/24"}).empty());
    CHECK(hold({"10.0.1.100/24"}).empty());
    CHECK(hold({"10.0.1.100/24", "10.0.1.101/24"}).empty());
    CHECK(there() == Words{"10.0.1.100/24 ours", "10.0.1.101/24 ours"});
}

TEST_CASE_FIXTURE(Interface0, "an address that somebody else put there is a conflict, and nothing is added") {
    ip("address add 10.0.1.100/24 dev eth0");
    const auto failures = addresses.hold(eth0, list({"10.0.1.100/24", "10.0.1.101/24"}), false);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].prefix.to_string() == "10.0.1.100/24");
    CHECK(failures[0].text.starts_with("10.0.1.100/24 is already on eth0 and was not put there by baton"));
    CHECK(there() == Words{"10.0.1.100/24"});
}

TEST_CASE_FIXTURE(Interface0,
                  "below the interface that is to hold it, an address of somebody else is in the way") {
    ip("address add 10.0.1.100/32 dev eth0");
    CHECK(hold({"10.0.1.101/24"}).empty());
    const auto failures =
        addresses.in_the_way(eth0, list({"10.0.1.100/24", "10.0.1.101/24", "10.0.1.102/24"}), IfIndex{999});
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].prefix.to_string() == "10.0.1.100/24");
    CHECK(failures[0].text.starts_with("10.0.1.100/24 is already on eth0 and was not put there by baton; "));
    CHECK(failures[0].text.find(": with virtual_mac it stands on ") != std::string::npos);
    ip("link del eth0");
    CHECK(addresses.in_the_way(eth0, list({"10.0.1.100/24"}), IfIndex{999}).size() == 1);
}

TEST_CASE_FIXTURE(Interface0, "the owner's own address is adopted as it is, and never removed") {
    ip("address add 10.0.1.100/24 dev eth0");
    CHECK(hold({"10.0.1.100/24", "10.0.1.101/24"}, true).empty());
    CHECK(there() == Words{"10.0.1.100/24", "10.0.1.101/24 ours"});
    CHECK(release({"10.0.1.100/24", "10.0.1.101/24"}).empty());
    CHECK(there() == Words{"10.0.1.100/24"});
}

TEST_CASE_FIXTURE(Interface0, "released addresses are gone; those of others stay") {
    ip("address add 10.0.1.2/24 dev eth0");
    CHECK(hold({"10.0.1.100/24", "10.0.1.101/24", "10.0.1.102/24"}).empty());
    CHECK(release({"10.0.1.100/24", "10.0.1.102/24"}).empty());
    CHECK(there() == Words{"10.0.1.2/24", "10.0.1.101/24 ours"});
}

TEST_CASE_FIXTURE(Interface0, "releasing what is gone is fine, with its interface or without") {
    CHECK(release({"10.0.1.100/24"}).empty());
    CHECK(hold({"10.0.1.100/24"}).empty());
    ip("address del 10.0.1.100/24 dev eth0");
    CHECK(release({"10.0.1.100/24"}).empty());
    CHECK(hold({"10.0.1.100/24"}).empty());
    ip("link del eth0");
    CHECK(release({"10.0.1.100/24"}).empty());
    CHECK(describe(addresses.sweep(eth0, {})).empty());
}

TEST_CASE_FIXTURE(Interface0, "what the kernel does to secondaries makes no release fail") {
    SUBCASE("dropped") { promote_secondaries("eth0", false); }
    SUBCASE("promoted") { promote_secondaries("eth0", true); }
    CHECK(hold({"10.0.1.100/24", "10.0.1.101/24", "10.0.1.102/24"}).empty());
    CHECK(release({"10.0.1.100/24", "10.0.1.101/24", "10.0.1.102/24"}).empty());
    CHECK(there().empty());
}

TEST_CASE_FIXTURE(Interface0, "an interface that is gone is named in the failure") {
    ip("link del eth0");
    const auto failures = addresses.hold(eth0, list({"10.0.1.100/24"}), false);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].text ==
          "10.0.1.100/24 on interface number " + std::to_string(eth0.value) + ": No such device");
}

TEST_CASE_FIXTURE(Interface0, "one address that the kernel refuses fails alone") {
    auto wanted = list({"10.0.1.100/24", "10.0.1.101/24"});
    wanted[0].length = 33;
    const auto failures = addresses.hold(eth0, wanted, false);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].text.starts_with("10.0.1.100/33 on eth0: Invalid argument"));
    CHECK(there() == Words{"10.0.1.101/24 ours"});
}

TEST_CASE_FIXTURE(Interface0,
                  "a sweep removes what an earlier run left, but what is to be kept and what is not ours") {
    ip("address add 10.0.1.2/24 dev eth0");
    CHECK(hold({"10.0.1.100/24", "10.0.1.101/24"}).empty());
    CHECK(describe(addresses.sweep(eth0, list({"10.0.1.101/24"}))).empty());
    CHECK(there() == Words{"10.0.1.2/24", "10.0.1.101/24 ours"});
}

TEST_CASE_FIXTURE(Interface0, "five hundred addresses are held and released") {
    std::vector<Prefix> many;
    for (unsigned i = 0; i < 500; ++i)
        many.push_back(
            {IpAddress::v4(10, 7, static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250 + 1)),
             32});
    CHECK(addresses.hold(eth0, many, false).empty());
    CHECK(there().size() == 500);
    CHECK(addresses.release(eth0, many).empty());
    CHECK(there().empty());
}

TEST_CASE_FIXTURE(Interface0, "an address is shown with the label and the scope that it was given") {
    const AddressLook looks[] = {{Prefix::parse("10.0.1.100/24").value(), "eth0:mail", std::uint8_t{253}}};
    CHECK(addresses.hold(eth0, list({"10.0.1.100/24", "10.0.2.101/24"}), false, {looks}).empty());
    const auto shown = ip_output("-o address show dev eth0");
    CHECK(shown.find("10.0.1.100/24 scope link eth0:mail") != std::string::npos);
    CHECK(shown.find("10.0.2.101/24 scope global eth0") != std::string::npos);
    CHECK(release({"10.0.1.100/24", "10.0.2.101/24"}).empty());
    CHECK(there().empty());
}

TEST_CASE_FIXTURE(Interface0,
                  "the kernel drops an address whose lease is not renewed, and keeps one whose is") {
    const AddressForm leased{{}, std::chrono::seconds(2)};
    CHECK(addresses.hold(eth0, list({"10.0.1.100/24", "fe80::100/64"}), false, leased).empty());
    CHECK(ip_output("-o address show dev eth0").find("10.0.1.100/24") != std::string::npos);
    CHECK(addresses.hold(eth0, list({"10.0.2.101/24"}), false).empty()); // without a lease
    bool gone = false;
    const auto kept = list({"fe80::100/64"});
    for (int i = 0; i < 300 && !gone;
         ++i) { // the kernel looks about once a second; the end is awaited, not timed
        CHECK(addresses.renew(eth0, kept, leased).empty());
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        gone = there() == Words{"10.0.2.101/24 ours"};
    }
    CHECK(gone);
    CHECK(ip_output("-o address show dev eth0").find("fe80::100/64") != std::string::npos);
}
