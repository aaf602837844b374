// Holding and releasing IPv6 addresses, as the kernel has them afterwards.
#include "netlink/addresses.h"
#include "netlink/dump.h"
#include "tests/unit/netlink/namespace.h"

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

// Both ends are up, so that the kernel does what it does on a live link; it puts no address there by itself.
struct Live6 : Namespace {
    Live6() : socket(Socket::open().value()), addresses(socket) {
        ip("link add eth0 type veth peer name peer0");
        for (const std::string name : {"eth0", "peer0"})
            ip("link set " + name + " addrgenmode none");
        ip("link set peer0 up");
        bring_up("eth0");
        eth0 = IfIndex(index_of("eth0"));
    }

    // "fd00::100/64 ours tentative", in the kernel's order.
    Words there() {
        Words texts;
        for (const HeldAddress& held : read_addresses(socket, eth0).value())
            texts.push_back(held.prefix.to_string() + (held.ours ? " ours" : "") +
                            (held.tentative ? " tentative" : ""));
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

TEST_CASE_FIXTURE(Live6, "an IPv6 address is held with our mark and never tentative, and released") {
    CHECK(hold({"fd00::100/64"}).empty());
    CHECK(there() == Words{"fd00::100/64 ours"});
    CHECK(hold({"fd00::100/64"}).empty());
    CHECK(release({"fd00::100/64"}).empty());
    CHECK(there().empty());
    CHECK(release({"fd00::100/64"}).empty());
}

TEST_CASE_FIXTURE(Live6, "a link-local address is held like any other, behind those that reach farther") {
    ip("address add fe80::2/64 dev eth0 nodad");
    CHECK(hold({"fe80::100/64", "fd00::100/64"}).empty());
    CHECK(there() == Words{"fd00::100/64 ours", "fe80::100/64 ours", "fe80::2/64"});
    CHECK(release({"fe80::100/64", "fd00::100/64"}).empty());
    CHECK(there() == Words{"fe80::2/64"});
}

TEST_CASE_FIXTURE(Live6, "an IPv6 address that somebody else put there is a conflict, whatever its length") {
    ip("address add fd00::100/128 dev eth0 nodad");
    const auto failures = addresses.hold(eth0, list({"fd00::100/64", "fd00::101/64"}), false);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].text.starts_with("fd00::100/64 is already on eth0 and was not put there by baton"));
    CHECK(there() == Words{"fd00::100/128"});
    CHECK(hold({"fd00::100/64", "fd00::101/64"}, true).empty());
    CHECK(release({"fd00::100/64", "fd00::101/64"}).empty());
    CHECK(there() == Words{"fd00::100/128"});
}

TEST_CASE_FIXTURE(Live6, "an IPv6 address of ours is taken with another length") {
    CHECK(hold({"fd00::100/128"}).empty());
    CHECK(hold({"fd00::100/64"}).empty());
    CHECK(there() == Words{"fd00::100/64 ours"});
}

TEST_CASE_FIXTURE(Live6, "an IPv6 address that was replaced is ours again after a reclaim") {
    CHECK(hold({"fd00::100/64"}).empty());
    ip("address replace fd00::100/64 dev eth0");
    CHECK(there() == Words{"fd00::100/64"});
    CHECK(describe(addresses.reclaim(eth0, list({"fd00::100/64"}))).empty());
    CHECK(there() == Words{"fd00::100/64 ours"});
}

TEST_CASE_FIXTURE(Live6, "a sweep removes what is ours of both families, and nothing else") {
    ip("address add 10.0.1.2/24 dev eth0");
    ip("address add fd00::2/64 dev eth0 nodad");
    CHECK(hold({"10.0.1.100/24", "fd00::100/64", "fe80::100/64"}).empty());
    CHECK(describe(addresses.sweep(eth0, list({"fd00::100/64"}))).empty());
    CHECK(there() == Words{"10.0.1.2/24", "fd00::100/64 ours", "fd00::2/64"});
    CHECK(describe(addresses.sweep(eth0, {})).empty());
    CHECK(there() == Words{"10.0.1.2/24", "fd00::2/64"});
}

TEST_CASE_FIXTURE(Live6, "IPv6 that is switched off on the interface is named, and holds up no IPv4") {
    set_sysctl("net/ipv6/conf/eth0/disable_ipv6", "1");
    CHECK(hold({"10.0.1.100/24", "fd00::100/64"}) ==
          "fd00::100/64: IPv6 is switched off on eth0 (sysctl net.ipv6.conf.eth0.disable_ipv6)");
    CHECK(there() == Words{"10.0.1.100/24 ours"});
    CHECK(release({"fd00::100/64"}).empty());
}

TEST_CASE_FIXTURE(Live6, "five hundred IPv6 addresses are held and released") {
    std::vector<Prefix> many;
    for (unsigned i = 0; i < 500; ++i)
        many.push_back(Prefix::parse("fd00::" + std::to_string(i + 1) + "/64").value());
    CHECK(addresses.hold(eth0, many, false).empty());
    CHECK(there().size() == 500);
    CHECK(addresses.release(eth0, many).empty());
    CHECK(there().empty());
}
