// The monitor against the kernel's ways with IPv6 addresses, whose events come late or not at all.
#include "netlink/addresses.h"
#include "netlink/dump.h"
#include "netlink/monitor.h"
#include "tests/unit/netlink/namespace.h"

#include <boost/asio/io_context.hpp>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

// eth0 is up and live; its other end is in a namespace beside this one.
struct Watched6 : Namespace {
    Watched6() : socket(Socket::open().value()) {
        ip("link add name eth0 index 10 type veth peer name eth0 index 11 netns " + peer.path());
        prepare();
        ip("link set eth0 up");
        peer.inside([] {
            prepare();
            bring_up("eth0");
        });
        bring_up("eth0");
        eth0 = IfIndex(index_of("eth0"));
    }

    // No address but the test's, and a detection of a tenth of a second instead of one to two.
    static void prepare() {
        ip("link set eth0 addrgenmode none");
        set_sysctl("net/ipv6/conf/eth0/router_solicitation_delay", "0");
        set_sysctl("net/ipv6/neigh/eth0/retrans_time_ms", "100");
    }

    void watch() {
        Listener listener;
        listener.on_link = [](const LinkState&) {};
        listener.on_addresses = [this](IfIndex index, const std::vector<HeldAddress>& held) {
            if (index == eth0)
                told.push_back(words(held));
        };
        listener.on_error = [](const Error& error) { FAIL(error.text); };
        monitor = Monitor::open(context.get_executor(), socket, std::move(listener)).value();
        monitor->start();
    }

    static Words words(const std::vector<HeldAddress>& addresses) {
        Words texts;
        for (const HeldAddress& held : addresses)
            texts.push_back(held.prefix.to_string() + (held.ours ? " ours" : "") +
                            (held.tentative ? " tentative" : ""));
        return texts;
    }

    bool becomes(const Words& expected) {
        const bool became = run_until(context, [&] { return !told.empty() && told.back() == expected; });
        CHECK(told.back() == expected);
        return became;
    }

    OtherNamespace peer;
    boost::asio::io_context context;
    Socket socket;
    IfIndex eth0;
    std::vector<Words> told; ///< of eth0, in the order told
    std::unique_ptr<Monitor> monitor;
};

} // namespace

TEST_CASE_FIXTURE(Watched6, "an IPv6 address that comes and one that goes are told") {
    watch();
    ip("address add fd00::2/64 dev eth0 nodad");
    CHECK(becomes({"fd00::2/64"}));
    ip("address add fe80::2/64 dev eth0 nodad");
    ip("address add 10.0.1.2/24 dev eth0");
    CHECK(becomes({"10.0.1.2/24", "fd00::2/64", "fe80::2/64"}));
    ip("address del fd00::2/64 dev eth0");
    CHECK(becomes({"10.0.1.2/24", "fe80::2/64"}));
}

TEST_CASE_FIXTURE(Watched6, "an address is told as tentative, and again when its detection is through") {
    SUBCASE("added while we watch") {
        watch();
        ip("address add fd00::2/64 dev eth0");
    }
    SUBCASE("added before") {
        ip("address add fd00::2/64 dev eth0");
        watch();
    }
    CHECK(becomes({"fd00::2/64"}));
    REQUIRE(told.size() >= 2);
    CHECK(told[told.size() - 2] == Words{"fd00::2/64 tentative"});
}

TEST_CASE_FIXTURE(Watched6, "an address that another host has stays tentative") {
    peer.inside([] { ip("address add fd00::2/64 dev eth0 nodad"); });
    ip("address add fd00::3/64 dev eth0");
    ip("address add fd00::2/64 dev eth0");
    watch();
    CHECK(becomes({"fd00::2/64 tentative", "fd00::3/64"}));
    // Both detections are over: nothing more is told, and the kernel has it so.
    CHECK(words(read_addresses(socket, eth0).value()) == told.back());
}

TEST_CASE_FIXTURE(Watched6, "what was held is told at once, though the kernel's event comes later") {
    watch();
    Addresses holder(socket);
    std::vector<Prefix> vips{Prefix::parse("10.0.1.100/24").value()};
    for (int i = 1; i <= 50; ++i)
        vips.push_back(Prefix::parse("fd00::" + std::to_string(i) + "/64").value());
    CHECK(holder.hold(eth0, vips, false).empty());
    REQUIRE(monitor->drain().has_value());
    CHECK(told.back().size() == 51);
    // The events that still come have nothing new to say.
    const std::size_t calls = told.size();
    ip("address add fd00::99/64 dev eth0 nodad");
    CHECK(run_until(context, [&] { return told.back().size() == 52; }));
    CHECK(told.size() == calls + 1);
}

TEST_CASE_FIXTURE(Watched6, "the order of IPv6 addresses is the kernel's, the newest of a scope first") {
    watch();
    ip("address add fd00::2/64 dev eth0"); // its detection ends after the next is there
    ip("address add fd00::3/64 dev eth0 nodad");
    ip("address add fe80::2/64 dev eth0 nodad");
    CHECK(becomes({"fd00::3/64", "fd00::2/64", "fe80::2/64"}));
}

TEST_CASE_FIXTURE(Watched6, "an address that outlives its link's fall is tentative when the link is back") {
    set_sysctl("net/ipv6/conf/eth0/keep_addr_on_down", "1");
    ip("address add fd00::2/64 dev eth0");
    watch();
    CHECK(becomes({"fd00::2/64"}));
    ip("link set eth0 down");
    CHECK(becomes({"fd00::2/64 tentative"}));
    ip("link set eth0 up");
    CHECK(becomes({"fd00::2/64"}));
}

TEST_CASE_FIXTURE(Watched6, "IPv6 that is switched off takes its addresses along") {
    ip("address add fd00::2/64 dev eth0 nodad");
    ip("address add 10.0.1.2/24 dev eth0");
    watch();
    set_sysctl("net/ipv6/conf/eth0/disable_ipv6", "1");
    CHECK(becomes({"10.0.1.2/24"}));
}
