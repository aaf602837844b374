// The frame around the requests of one transaction.
#include "netfilter/batch.h"
#include "netfilter/ruleset.h"

#include <doctest/doctest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <ostream>
#include <vector>

using namespace baton;
using namespace baton::netfilter;

namespace {

std::vector<const nlmsghdr*> messages(std::span<const std::uint8_t> bytes) {
    std::vector<const nlmsghdr*> all;
    auto left = static_cast<unsigned>(bytes.size());
    for (const auto* each = reinterpret_cast<const nlmsghdr*>(bytes.data()); NLMSG_OK(each, left);
         each = NLMSG_NEXT(each, left))
        all.push_back(each);
    CHECK(left == 0);
    return all;
}

} // namespace

TEST_CASE("a batch begins, ends, and asks for an answer to its last request alone") {
    Batch batch;
    const std::vector<Unaccepted> first{{IpAddress::v4(10, 0, 1, 100), IfIndex()}};
    const std::vector<Unaccepted> second{{IpAddress::v4(10, 0, 1, 101), IfIndex(7)}};
    append_elements(batch, NFT_MSG_NEWSETELEM, first);
    append_elements(batch, NFT_MSG_DELSETELEM, second);
    const auto bytes = batch.finish();
    const auto all = messages(bytes);
    REQUIRE(all.size() == 4);
    CHECK(all[0]->nlmsg_type == NFNL_MSG_BATCH_BEGIN);
    CHECK(all[1]->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM));
    CHECK(all[1]->nlmsg_flags == (NLM_F_REQUEST | NLM_F_CREATE));
    CHECK(all[2]->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELSETELEM));
    CHECK(all[2]->nlmsg_flags == (NLM_F_REQUEST | NLM_F_ACK));
    CHECK(all[3]->nlmsg_type == NFNL_MSG_BATCH_END);
    for (std::size_t i = 0; i < all.size(); ++i)
        CHECK(all[i]->nlmsg_seq == i);
}

TEST_CASE("many elements go in lists that each fit into one attribute") {
    std::vector<Unaccepted> many;
    for (unsigned i = 0; i < 2000; ++i) {
        std::array<std::uint8_t, 16> octets{0xfd};
        octets[14] = static_cast<std::uint8_t>(i >> 8);
        octets[15] = static_cast<std::uint8_t>(i);
        many.push_back({IpAddress::v6(octets), IfIndex(7)});
    }
    Batch batch;
    append_elements(batch, NFT_MSG_NEWSETELEM, many);
    const auto bytes = batch.finish();
    CHECK(bytes.size() < 200000);
    const auto all = messages(bytes);
    REQUIRE(all.size() == 4);
    for (const nlmsghdr* each : all)
        CHECK(each->nlmsg_len < 60000);
}
