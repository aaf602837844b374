// What of rtnetlink's messages becomes a value, and which say nothing to us.
#include "netlink/mark.h"
#include "netlink/message.h"
#include "netlink/parse.h"

#include <array>
#include <doctest/doctest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string>
#include <sys/socket.h>
#include <vector>

using namespace baton;
using namespace baton::netlink;

namespace {

constexpr unsigned all_up = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
constexpr std::array<std::uint8_t, 6> some_mac{2, 0, 0, 0, 0, 7};

const nlmsghdr& header_of(const Message& message) {
    return *reinterpret_cast<const nlmsghdr*>(message.bytes().data());
}

ifinfomsg ethernet(unsigned flags) {
    ifinfomsg info{};
    info.ifi_type = ARPHRD_ETHER;
    info.ifi_index = 2;
    info.ifi_flags = flags;
    return info;
}

Message link_message(const ifinfomsg& info) {
    Message message(RTM_NEWLINK, 0);
    message.append(info);
    const std::string name("eth0", 5); // with its end, as the kernel sends it
    message.put(IFLA_IFNAME, std::span(reinterpret_cast<const std::uint8_t*>(name.data()), name.size()));
    message.put(IFLA_ADDRESS, some_mac);
    message.put(IFLA_MTU, std::uint32_t{1450});
    return message;
}

ifaddrmsg on_eth0(std::uint8_t family, std::uint8_t length) {
    ifaddrmsg info{};
    info.ifa_family = family;
    info.ifa_prefixlen = length;
    info.ifa_index = 2;
    return info;
}

} // namespace

TEST_CASE("a link is up when the administrator, the carrier and the kernel say so") {
    for (const unsigned missing : {0U, unsigned{IFF_UP}, unsigned{IFF_RUNNING}, unsigned{IFF_LOWER_UP}}) {
        CAPTURE(missing);
        const Message message = link_message(ethernet(all_up & ~missing));
        const auto link = parse_link(header_of(message));
        REQUIRE(link);
        CHECK(link->up == (missing == 0));
        CHECK(link->index == IfIndex(2));
        CHECK(link->name == "eth0");
        CHECK(link->mtu == 1450);
        CHECK_FALSE(link->loopback);
        REQUIRE(link->mac);
        CHECK(link->mac->to_string() == "02:00:00:00:00:07");
    }
}

TEST_CASE("only Ethernet has a MAC address, and a loopback says what it is") {
    ifinfomsg info = ethernet(all_up | IFF_LOOPBACK);
    info.ifi_type = ARPHRD_LOOPBACK;
    const Message message = link_message(info);
    const auto link = parse_link(header_of(message));
    REQUIRE(link);
    CHECK(link->loopback);
    CHECK_FALSE(link->mac);
}

TEST_CASE("a bridge's word on its port is not a word on the link") {
    ifinfomsg info = ethernet(all_up);
    info.ifi_family = AF_BRIDGE;
    CHECK_FALSE(parse_link(header_of(link_message(info))));
}

TEST_CASE("a link without a name or a number is none") {
    Message nameless(RTM_NEWLINK, 0);
    nameless.append(ethernet(all_up));
    CHECK_FALSE(parse_link(header_of(nameless)));
    ifinfomsg info = ethernet(all_up);
    info.ifi_index = 0;
    CHECK_FALSE(parse_link(header_of(link_message(info))));
}

TEST_CASE("an IPv4 address: the local one, not the peer's") {
    ifaddrmsg info = on_eth0(AF_INET, 24);
    info.ifa_flags = IFA_F_TENTATIVE; // means nothing for IPv4
    Message message(RTM_NEWADDR, 0);
    message.append(info);
    message.put(IFA_ADDRESS, IpAddress::v4(10, 0, 1, 1).bytes());
    message.put(IFA_LOCAL, IpAddress::v4(10, 0, 1, 100).bytes());
    message.put(IFA_PROTO, address_mark);
    const auto placed = parse_address(header_of(message));
    REQUIRE(placed);
    CHECK(placed->interface == IfIndex(2));
    CHECK(placed->address.prefix.to_string() == "10.0.1.100/24");
    CHECK(placed->address.ours);
    CHECK_FALSE(placed->address.tentative);
}

TEST_CASE("an IPv6 address, which has no local attribute") {
    Message message(RTM_NEWADDR, 0);
    message.append(on_eth0(AF_INET6, 64));
    message.put(IFA_ADDRESS, IpAddress::parse("fd00::1").value().bytes());
    const auto placed = parse_address(header_of(message));
    REQUIRE(placed);
    CHECK(placed->address.prefix.to_string() == "fd00::1/64");
    CHECK_FALSE(placed->address.ours);
}

TEST_CASE("an IPv6 address is tentative until its detection is through, and for ever when that failed") {
    struct Row {
        std::uint32_t flags;
        bool tentative;
    };
    for (const Row& row : {Row{IFA_F_PERMANENT, false}, Row{IFA_F_TENTATIVE, true},
                           Row{IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, false}, Row{IFA_F_DADFAILED, true},
                           Row{IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_OPTIMISTIC, true},
                           Row{IFA_F_NODAD | IFA_F_NOPREFIXROUTE | IFA_F_DEPRECATED, false}}) {
        CAPTURE(row.flags);
        ifaddrmsg info = on_eth0(AF_INET6, 64);
        info.ifa_flags = static_cast<std::uint8_t>(row.flags);
        Message in_header(RTM_NEWADDR, 0);
        in_header.append(info);
        in_header.put(IFA_ADDRESS, IpAddress::parse("fd00::1").value().bytes());
        CHECK(parse_address(header_of(in_header)).value().address.tentative == row.tentative);
        // The attribute has the last word.
        info.ifa_flags = row.tentative ? 0 : IFA_F_TENTATIVE;
        Message in_attribute(RTM_NEWADDR, 0);
        in_attribute.append(info);
        in_attribute.put(IFA_ADDRESS, IpAddress::parse("fd00::1").value().bytes());
        in_attribute.put(IFA_FLAGS, row.flags);
        CHECK(parse_address(header_of(in_attribute)).value().address.tentative == row.tentative);
    }
}

TEST_CASE("another's mark is not ours") {
    for (const std::uint8_t mark : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{address_mark + 1}}) {
        Message message(RTM_NEWADDR, 0);
        message.append(on_eth0(AF_INET, 24));
        message.put(IFA_LOCAL, IpAddress::v4(10, 0, 1, 100).bytes());
        message.put(IFA_PROTO, mark);
        const auto placed = parse_address(header_of(message));
        REQUIRE(placed);
        CHECK_FALSE(placed->address.ours);
    }
}

TEST_CASE("an address that is missing, of the wrong size or of another family is none") {
    Message missing(RTM_NEWADDR, 0);
    missing.append(on_eth0(AF_INET, 24));
    CHECK_FALSE(parse_address(header_of(missing)));
    Message wrong(RTM_NEWADDR, 0);
    wrong.append(on_eth0(AF_INET6, 64));
    wrong.put(IFA_ADDRESS, IpAddress::v4(10, 0, 1, 100).bytes());
    CHECK_FALSE(parse_address(header_of(wrong)));
    Message other(RTM_NEWADDR, 0);
    other.append(on_eth0(AF_BRIDGE, 24));
    other.put(IFA_ADDRESS, IpAddress::v4(10, 0, 1, 100).bytes());
    CHECK_FALSE(parse_address(header_of(other)));
}

TEST_CASE("a message shorter than its fixed part is none") {
    Message empty(RTM_NEWADDR, 0);
    CHECK_FALSE(parse_address(header_of(empty)));
    CHECK_FALSE(parse_link(header_of(empty)));
}
