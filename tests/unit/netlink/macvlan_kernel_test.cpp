// The macvlan of a virtual router, as the kernel has it and as the wire sees it.
#include "base/descriptor.h"
#include "netlink/addresses.h"
#include "netlink/macvlan.h"
#include "netlink/saved_settings.h"
#include "tests/unit/net/wire.h"

#include <algorithm>
#include <memory>
#include <set>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

constexpr MacAddress vmac{{0, 0, 0x5e, 0, 1, 0x33}};
constexpr MacAddress other_mac{{2, 0, 0, 0, 0, 7}};

struct MacvlanWire : Wire {
    MacvlanWire() : socket(Socket::open().value()), macvlans(socket) {}

    Macvlan wanted(const std::string& name = "vrrp51") const { return {name, here, vmac}; }

    std::string failure_of(const Macvlan& macvlan) {
        const auto made = macvlans.create(macvlan);
        return made ? "" : made.error().text;
    }

    // What `ip` would list.
    static bool exists(const std::string& name) { return index_of(name) != 0; }

    Socket socket;
    Macvlans macvlans;
};

MacAddress sender_of(const std::vector<std::uint8_t>& frame) {
    MacAddress mac;
    std::copy(frame.begin() + 6, frame.begin() + 12, mac.octets.begin());
    return mac;
}

// The type of an ICMPv6 message (RFC 4443): the next header behind a hop-by-hop header, if there is one.
int icmp6_type(const std::vector<std::uint8_t>& frame) {
    constexpr std::size_t ipv6 = 14;
    constexpr std::size_t payload = ipv6 + 40;
    if (frame.size() <= payload + 8 || frame[12] != 0x86 || frame[13] != 0xdd)
        return -1;
    return frame[ipv6 + 6] == 0 ? frame[payload + 8] : frame[payload];
}

constexpr int router_solicitation = 133;

void send_through(const std::string& link, const IpAddress& destination) {
    const Descriptor udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(::setsockopt(udp.get(), SOL_SOCKET, SO_BINDTODEVICE, link.data(),
                         static_cast<socklen_t>(link.size())) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    std::copy(destination.bytes().begin(), destination.bytes().end(),
              reinterpret_cast<std::uint8_t*>(&to.sin_addr));
    REQUIRE(::sendto(udp.get(), "", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 1);
}

} // namespace

TEST_CASE_FIXTURE(MacvlanWire, "a macvlan is made down, in bridge mode, with its MAC address and our mark") {
    const auto made = macvlans.create(wanted());
    REQUIRE_MESSAGE(made.has_value(), made.error().text);
    CHECK(*made == IfIndex(index_of("vrrp51")));
    const std::string shown = ip_output("-d link show vrrp51");
    CAPTURE(shown);
    CHECK(shown.find("vrrp51@eth0") != std::string::npos);
    CHECK(shown.find("link/ether 00:00:5e:00:01:33") != std::string::npos);
    CHECK(shown.find("macvlan mode bridge") != std::string::npos);
    CHECK(shown.find("addrgenmode none") != std::string::npos);
    CHECK(shown.find("group " + std::to_string(link_mark)) != std::string::npos);
    CHECK(shown.find("state DOWN") != std::string::npos);
    REQUIRE(macvlans.set_up(*made).has_value());
    CHECK(ip_output("link show vrrp51").find(",UP") != std::string::npos);
    CHECK(ip_output("-6 address show dev vrrp51").empty());
    REQUIRE(macvlans.set_down(*made).has_value());
    CHECK(ip_output("link show vrrp51").find(",UP") == std::string::npos);
    REQUIRE(macvlans.remove(*made).has_value());
    CHECK_FALSE(exists("vrrp51"));
}

TEST_CASE_FIXTURE(MacvlanWire, "what is gone is down and removed") {
    const auto made = macvlans.create(wanted()).value();
    ip("link del vrrp51");
    CHECK(macvlans.set_down(made).has_value());
    CHECK(macvlans.remove(made).has_value());
    const auto up = macvlans.set_up(made);
    REQUIRE_FALSE(up.has_value());
    CHECK(up.error().text ==
          "macvlan interface number " + std::to_string(made.value) + ": cannot be set up: No such device");
}

TEST_CASE_FIXTURE(MacvlanWire, "another's link of the same name stays, and is named in the error") {
    SUBCASE("a macvlan") { ip("link add link eth0 name vrrp51 type macvlan mode bridge"); }
    SUBCASE("another kind, though of our group") {
        ip("link add name vrrp51 group " + std::to_string(link_mark) + " type bridge");
    }
    const unsigned before = index_of("vrrp51");
    CHECK(failure_of(wanted()).starts_with(
        "macvlan vrrp51: a link of this name is there and was not made by baton"));
    CHECK_FALSE(macvlans.remove(IfIndex(before)).has_value());
    CHECK(macvlans.sweep().has_value());
    CHECK(index_of("vrrp51") == before);
}

TEST_CASE_FIXTURE(MacvlanWire, "a left-over of ours makes room for a new link of its name") {
    const auto before = macvlans.create(wanted()).value();
    REQUIRE(macvlans.set_up(before).has_value());
    const auto after = macvlans.create(wanted());
    REQUIRE_MESSAGE(after.has_value(), after.error().text);
    CHECK(*after != before);
    CHECK(*after == IfIndex(index_of("vrrp51")));
    CHECK(macvlans.set_up(*after).has_value());
}

TEST_CASE_FIXTURE(MacvlanWire, "a sweep takes our left-overs off every parent, and nothing else") {
    ip("link add eth1 type veth peer name peer1");
    ip("link add link eth0 name theirs type macvlan mode bridge");
    REQUIRE(macvlans.create(wanted("vrrp51")).has_value());
    REQUIRE(macvlans.create({"vrrp52", IfIndex(index_of("eth1")), vmac}).has_value());
    // By a process that knows nothing of them.
    auto later = Socket::open().value();
    CHECK(Macvlans(later).sweep().has_value());
    CHECK_FALSE(exists("vrrp51"));
    CHECK_FALSE(exists("vrrp52"));
    CHECK(exists("theirs"));
    CHECK(exists("eth1"));
}

TEST_CASE_FIXTURE(MacvlanWire, "a second holder of the same MAC address on the same parent cannot come up") {
    ip("link add link eth0 name theirs address 00:00:5e:00:01:33 type macvlan mode bridge");
    ip("link set theirs up");
    const auto made = macvlans.create(wanted()).value();
    const auto up = macvlans.set_up(made);
    REQUIRE_FALSE(up.has_value());
    CHECK(up.error().text ==
          "macvlan vrrp51: another link on the same interface is up with the same MAC address; "
          "is another VRRP daemon running?");
}

TEST_CASE_FIXTURE(MacvlanWire, "a parent that is gone or a name that is too long is an error in words") {
    CHECK(failure_of({"vrrp51", IfIndex(9999), vmac})
              .starts_with("macvlan vrrp51: cannot be made on interface number 9999: "));
    CHECK(failure_of(wanted("a-name-of-16-oct"))
              .starts_with("macvlan a-name-of-16-oct: cannot be made on eth0: "));
    CHECK_FALSE(exists("vrrp51"));
}

TEST_CASE_FIXTURE(MacvlanWire, "a link that is too small for IPv6 has no IPv6 addresses to keep it from") {
    ip("link set eth0 mtu 1000");
    const auto made = macvlans.create(wanted());
    REQUIRE_MESSAGE(made.has_value(), made.error().text);
    CHECK(macvlans.set_up(*made).has_value());
}

TEST_CASE_FIXTURE(MacvlanWire, "what is sent from the macvlan carries the virtual MAC address") {
    const auto made = macvlans.create(wanted()).value();
    REQUIRE(macvlans.set_up(made).has_value());
    Addresses addresses(socket);
    const std::vector<Prefix> vip{Prefix::parse("10.0.1.100/32").value()};
    CHECK(describe(addresses.hold(made, vip, false)).empty());
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_ARP); });
    send_through("vrrp51",
                 IpAddress::v4(10, 0, 1, 3)); // for which the kernel has to ask for the neighbour first
    CHECK(sender_of(capture->next()) == vmac);
}

TEST_CASE_FIXTURE(MacvlanWire, "a macvlan that comes up by the recipe sends no frame") {
    set_sysctl("net/ipv6/conf/default/router_solicitation_delay", "0");
    const auto capture = peer.inside([this] { return std::make_unique<Capture>(there, ETH_P_ALL); });
    SavedSettings settings(socket);
    const auto made = macvlans.create(wanted()).value();
    SUBCASE("for IPv4") { REQUIRE(settings.set(made, Setting::disable_ipv6, 1).has_value()); }
    SUBCASE("for IPv6") {
        for (const Setting off :
             {Setting::accept_ra, Setting::autoconf, Setting::router_solicitations, Setting::accept_dad})
            REQUIRE(settings.set(made, off, 0).has_value());
    }
    set_sysctl("net/ipv6/neigh/vrrp51/retrans_time_ms", "100"); // a detection takes that instead of a second
    REQUIRE(macvlans.set_up(made).has_value());
    // One with the kernel's own ways, come up later: when it has sent the last of what a new link sends, the
    // other would have done so too.
    ip("link add link eth0 name control address 02:00:00:00:00:07 type macvlan mode bridge");
    set_sysctl("net/ipv6/neigh/control/retrans_time_ms", "100");
    ip("link set control up");
    std::multiset<MacAddress> senders;
    for (bool settled = false; !settled;) {
        const auto frame = capture->next();
        senders.insert(sender_of(frame));
        settled = sender_of(frame) == other_mac && icmp6_type(frame) == router_solicitation;
    }
    CHECK(senders.count(other_mac) >= 3); // detection, report, solicitation
    CHECK(senders.count(vmac) == 0);
}
