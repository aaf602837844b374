// A request byte for byte, and the walk over messages that end too early.
#include "netlink/message.h"

#include <array>
#include <cstring>
#include <doctest/doctest.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <vector>

using namespace baton::netlink;

namespace {

std::vector<std::uint8_t> two_messages() {
    Message first(RTM_DELADDR, 0);
    first.append(ifaddrmsg{});
    first.put(IFA_PROTO, std::uint8_t{7}); // one octet: three of padding follow
    first.stamp(1);
    Message second(RTM_NEWLINK, 0);
    second.append(ifinfomsg{});
    second.stamp(2);
    const auto a = first.bytes();
    const auto b = second.bytes();
    std::vector<std::uint8_t> both(a.begin(), a.end());
    both.resize(NLMSG_ALIGN(both.size()));
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

} // namespace

TEST_CASE("a request is laid out as the kernel reads it") {
    Message request(RTM_NEWADDR, NLM_F_ACK);
    ifaddrmsg header{};
    header.ifa_family = 2;
    header.ifa_prefixlen = 24;
    header.ifa_index = 3;
    request.append(header);
    const std::array<std::uint8_t, 4> address{10, 0, 1, 100};
    request.put(IFA_LOCAL, address);
    request.put(IFA_PROTO, std::uint8_t{0x62});
    request.stamp(9);
    const auto bytes = request.bytes();
    REQUIRE(bytes.size() == 16 + 8 + 8 + 8);
    nlmsghdr netlink{};
    std::memcpy(&netlink, bytes.data(), sizeof netlink);
    CHECK(netlink.nlmsg_len == bytes.size());
    CHECK(netlink.nlmsg_type == RTM_NEWADDR);
    CHECK(netlink.nlmsg_flags == (NLM_F_REQUEST | NLM_F_ACK));
    CHECK(netlink.nlmsg_seq == 9);
    CHECK(std::memcmp(bytes.data() + 16, &header, sizeof header) == 0);
    nlattr attribute{};
    std::memcpy(&attribute, bytes.data() + 24, sizeof attribute);
    CHECK(attribute.nla_len == 8);
    CHECK(attribute.nla_type == IFA_LOCAL);
    CHECK(std::memcmp(bytes.data() + 28, address.data(), address.size()) == 0);
    std::memcpy(&attribute, bytes.data() + 32, sizeof attribute);
    CHECK(attribute.nla_len == 5);
    CHECK(attribute.nla_type == IFA_PROTO);
    CHECK(bytes[36] == 0x62);
}

TEST_CASE("attributes stand within attributes, and a text ends with NUL") {
    Message request(RTM_NEWLINK, 0);
    request.append(ifinfomsg{});
    request.nest(IFLA_LINKINFO, [&] { request.put(IFLA_INFO_KIND, std::string_view("ab")); });
    request.put(IFLA_GROUP, std::uint32_t{1});
    const auto bytes = request.bytes();
    REQUIRE(bytes.size() == 16 + 16 + 4 + 8 + 8);
    nlattr attribute{};
    std::memcpy(&attribute, bytes.data() + 32, sizeof attribute);
    CHECK(attribute.nla_len == 12);
    CHECK((attribute.nla_type & NLA_TYPE_MASK) == IFLA_LINKINFO);
    std::memcpy(&attribute, bytes.data() + 36, sizeof attribute);
    CHECK(attribute.nla_len == 7);
    CHECK(attribute.nla_type == IFLA_INFO_KIND);
    CHECK(std::memcmp(bytes.data() + 40, "ab", 3) == 0); // with its end
    std::memcpy(&attribute, bytes.data() + 44, sizeof attribute);
    CHECK(attribute.nla_type == IFLA_GROUP);
}

TEST_CASE("messages are walked in order, over their padding") {
    const auto both = two_messages();
    std::span<const std::uint8_t> rest = both;
    const nlmsghdr* first = next_message(rest);
    REQUIRE(first != nullptr);
    CHECK(first->nlmsg_type == RTM_DELADDR);
    const nlmsghdr* second = next_message(rest);
    REQUIRE(second != nullptr);
    CHECK(second->nlmsg_type == RTM_NEWLINK);
    CHECK(second->nlmsg_seq == 2);
    CHECK(next_message(rest) == nullptr);
    CHECK(rest.empty());
}

TEST_CASE("a message that ends too early is none, at every length") {
    const auto both = two_messages();
    for (std::size_t size = 0; size < both.size(); ++size) {
        CAPTURE(size);
        // On the heap and of exactly this size, so that a sanitizer sees a read past the end.
        const std::vector<std::uint8_t> part(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(size));
        std::span<const std::uint8_t> rest = part;
        int whole = 0;
        while (next_message(rest) != nullptr)
            ++whole;
        CHECK(whole == (size >= 16 + 8 + 8 ? 1 : 0));
    }
}
