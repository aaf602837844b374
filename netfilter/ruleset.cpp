#include "netfilter/ruleset.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <memory>
#include <new>
#include <vector>

namespace baton::netfilter {

namespace {

constexpr const char* chain_name = "input";
constexpr const char* comment = "batond: virtual addresses that accept no packets";

// Just before the chains of people (0): what is dropped here they neither count nor log.
constexpr std::int32_t priority = -1;

// RFC 4443 and RFC 4861; the headers that name these and those of netfilter do not go together.
constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t neighbor_solicitation = 135;
constexpr std::uint8_t neighbor_advertisement = 136;

// A list of elements is one attribute, and that ends at 65,535 octets: an element has 32 at most.
constexpr std::size_t elements_in_one = 1000;

/// Frees what libnftnl has allocated.
template <auto free>
struct Free {
    void operator()(auto* object) const { free(object); }
};

using Table = std::unique_ptr<nftnl_table, Free<nftnl_table_free>>;
using Chain = std::unique_ptr<nftnl_chain, Free<nftnl_chain_free>>;
using RulePtr = std::unique_ptr<nftnl_rule, Free<nftnl_rule_free>>;
using Set = std::unique_ptr<nftnl_set, Free<nftnl_set_free>>;
using UserData = std::unique_ptr<nftnl_udata_buf, Free<nftnl_udata_buf_free>>;

// libnftnl's functions fail only when there is no memory.
template <class Pointer>
Pointer must(Pointer pointer) {
    if (pointer == nullptr)
        throw std::bad_alloc();
    return pointer;
}

void must_do(int code) {
    if (code < 0)
        throw std::bad_alloc();
}

/// One set, and the rule that drops what is in it.
struct Kind {
    const char* name;
    std::uint32_t id; ///< within the transaction that makes it
    Family family;
    bool with_interface;
    std::uint32_t
        key_type; ///< of the nft program, for showing: 7 and 8 addresses, 20 interface, joined by six bits
};

constexpr std::array<Kind, 4> kinds{{{"ipv4", 1, Family::ipv4, false, 7},
                                     {"ipv6", 2, Family::ipv6, false, 8},
                                     {"ipv4_on", 3, Family::ipv4, true, 20 << 6 | 7},
                                     {"ipv6_on", 4, Family::ipv6, true, 20 << 6 | 8}}};

std::uint32_t key_size(const Kind& kind) {
    const auto address = static_cast<std::uint32_t>(address_size(kind.family));
    return kind.with_interface ? address + static_cast<std::uint32_t>(sizeof(std::uint32_t)) : address;
}

bool belongs(const Unaccepted& each, const Kind& kind) {
    return each.address.family() == kind.family && (each.interface != IfIndex()) == kind.with_interface;
}

std::vector<std::uint8_t> key_of(const Unaccepted& each, const Kind& kind) {
    std::vector<std::uint8_t> key;
    if (kind.with_interface) {
        const std::uint32_t index = each.interface.value;
        key.resize(sizeof index);
        std::memcpy(key.data(), &index, sizeof index);
    }
    key.insert(key.end(), each.address.bytes().begin(), each.address.bytes().end());
    return key;
}

nftnl_expr* expression(nftnl_rule* rule, const char* name) {
    nftnl_expr* made = must(nftnl_expr_alloc(name));
    nftnl_rule_add_expr(rule, made);
    return made;
}

void load_meta(nftnl_rule* rule, std::uint32_t key, std::uint32_t into) {
    nftnl_expr* meta = expression(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, into);
}

void load_payload(nftnl_rule* rule, std::uint32_t base, std::uint32_t offset, std::size_t size,
                  std::uint32_t into) {
    nftnl_expr* payload = expression(rule, "payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, static_cast<std::uint32_t>(size));
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, into);
}

void require(nftnl_rule* rule, std::uint32_t operation, std::uint8_t value) {
    nftnl_expr* compare = expression(rule, "cmp");
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, operation);
    nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, &value, sizeof value);
}

void require_family(nftnl_rule* rule, Family family) {
    load_meta(rule, NFT_META_NFPROTO, NFT_REG_1);
    require(rule, NFT_CMP_EQ, family == Family::ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

void end_with(nftnl_rule* rule, std::uint32_t verdict) {
    nftnl_expr* immediate = expression(rule, "immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, verdict);
}

template <class Fill>
void append_rule(Batch& batch, Fill fill) {
    const RulePtr rule(must(nftnl_rule_alloc()));
    nftnl_rule_set_u32(rule.get(), NFTNL_RULE_FAMILY, NFPROTO_INET);
    must_do(nftnl_rule_set_str(rule.get(), NFTNL_RULE_TABLE, table_name));
    must_do(nftnl_rule_set_str(rule.get(), NFTNL_RULE_CHAIN, chain_name));
    fill(rule.get());
    batch.add(NFT_MSG_NEWRULE, NFPROTO_INET, NLM_F_CREATE | NLM_F_APPEND,
              [&](nlmsghdr* message) { nftnl_rule_nlmsg_build_payload(message, rule.get()); });
}

// To an address that is resolved already, these two are sent as unicast.
void pass_neighbor_discovery(nftnl_rule* rule) {
    require_family(rule, Family::ipv6);
    load_meta(rule, NFT_META_L4PROTO, NFT_REG_1);
    require(rule, NFT_CMP_EQ, icmpv6);
    load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, NFT_REG_1);
    require(rule, NFT_CMP_GTE, neighbor_solicitation);
    require(rule, NFT_CMP_LTE, neighbor_advertisement);
    end_with(rule, NF_ACCEPT);
}

void drop_elements(nftnl_rule* rule, const Kind& kind) {
    constexpr std::uint32_t ipv4_destination = 16; // octets into the header: RFC 791, RFC 8200
    constexpr std::uint32_t ipv6_destination = 24;
    require_family(rule, kind.family);
    if (kind.with_interface)
        load_meta(rule, NFT_META_IIF, NFT_REG32_00);
    load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER,
                 kind.family == Family::ipv4 ? ipv4_destination : ipv6_destination, address_size(kind.family),
                 kind.with_interface ? NFT_REG32_01 : NFT_REG32_00);
    nftnl_expr* lookup = expression(rule, "lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG32_00);
    must_do(nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, kind.name));
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SET_ID, kind.id);
    expression(rule, "counter");
    end_with(rule, NF_DROP);
}

Set set_of(const Kind& kind) {
    Set set(must(nftnl_set_alloc()));
    nftnl_set_set_u32(set.get(), NFTNL_SET_FAMILY, NFPROTO_INET);
    must_do(nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table_name));
    must_do(nftnl_set_set_str(set.get(), NFTNL_SET_NAME, kind.name));
    return set;
}

void append_set(Batch& batch, const Kind& kind) {
    const Set set = set_of(kind);
    nftnl_set_set_u32(set.get(), NFTNL_SET_ID, kind.id);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, kind.key_type);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, key_size(kind));
    batch.add(NFT_MSG_NEWSET, NFPROTO_INET, NLM_F_CREATE,
              [&](nlmsghdr* message) { nftnl_set_nlmsg_build_payload(message, set.get()); });
}

void append_table_itself(Batch& batch) {
    const UserData words(must(nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN)));
    nftnl_udata_put_strz(words.get(), NFTNL_UDATA_TABLE_COMMENT, comment);
    const Table table(must(nftnl_table_alloc()));
    must_do(nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, table_name));
    nftnl_table_set_u32(table.get(), NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    must_do(nftnl_table_set_data(table.get(), NFTNL_TABLE_USERDATA, nftnl_udata_buf_data(words.get()),
                                 nftnl_udata_buf_len(words.get())));
    batch.add(NFT_MSG_NEWTABLE, NFPROTO_INET, NLM_F_CREATE | NLM_F_EXCL,
              [&](nlmsghdr* message) { nftnl_table_nlmsg_build_payload(message, table.get()); });
}

void append_chain(Batch& batch) {
    const Chain chain(must(nftnl_chain_alloc()));
    must_do(nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, table_name));
    must_do(nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, chain_name));
    must_do(nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, "filter"));
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
    nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, priority);
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
    batch.add(NFT_MSG_NEWCHAIN, NFPROTO_INET, NLM_F_CREATE,
              [&](nlmsghdr* message) { nftnl_chain_nlmsg_build_payload(message, chain.get()); });
}

void append_some(Batch& batch, std::uint16_t type, const Kind& kind, std::span<const Unaccepted> addresses) {
    const Set set = set_of(kind);
    for (const Unaccepted& each : addresses) {
        const auto key = key_of(each, kind);
        nftnl_set_elem* element = must(nftnl_set_elem_alloc());
        nftnl_set_elem_add(set.get(), element); // owns it from here on
        must_do(nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key.data(),
                                   static_cast<std::uint32_t>(key.size())));
    }
    batch.add(type, NFPROTO_INET, type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0,
              [&](nlmsghdr* message) { nftnl_set_elems_nlmsg_build_payload(message, set.get()); });
}

} // namespace

void append_table(Batch& batch) {
    append_table_itself(batch);
    append_chain(batch);
    append_rule(batch, pass_neighbor_discovery);
    for (const Kind& kind : kinds) {
        append_set(batch, kind);
        append_rule(batch, [&](nftnl_rule* rule) { drop_elements(rule, kind); });
    }
}

void append_elements(Batch& batch, std::uint16_t type, std::span<const Unaccepted> addresses) {
    for (const Kind& kind : kinds) {
        std::vector<Unaccepted> some;
        std::copy_if(addresses.begin(), addresses.end(), std::back_inserter(some),
                     [&](const Unaccepted& each) { return belongs(each, kind); });
        for (std::size_t begin = 0; begin < some.size(); begin += elements_in_one)
            append_some(batch, type, kind,
                        std::span(some).subspan(begin, std::min(elements_in_one, some.size() - begin)));
    }
}

} // namespace baton::netfilter
