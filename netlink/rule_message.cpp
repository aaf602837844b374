#include "netlink/rule_message.h"

#include "netlink/attributes.h"
#include "netlink/route_message.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <vector>

namespace baton::netlink {

namespace {

using Parsed = Attributes<FRA_MAX>;

void put_text(Message& request, int attribute, const std::string& text) {
    std::vector<std::uint8_t> bytes(text.begin(), text.end());
    bytes.push_back(0); // as the kernel has it
    request.put(attribute, bytes);
}

fib_rule_hdr header_of(Family family) {
    fib_rule_hdr header{};
    header.family = family == Family::ipv4 ? AF_INET : AF_INET6;
    return header;
}

// What a Rule can say, and what the kernel adds to every rule.
bool is_known(const nlattr& attribute) {
    switch (nla_type(&attribute)) {
    case FRA_DST:
    case FRA_SRC:
    case FRA_IIFNAME:
    case FRA_OIFNAME:
    case FRA_PRIORITY:
    case FRA_FWMARK:
    case FRA_FWMASK:
    case FRA_TABLE:
    case FRA_PROTOCOL:
    case FRA_PAD:
        return true;
    case FRA_SUPPRESS_PREFIXLEN: // "none" stands there always
        return number_of(&attribute) == 0xffffffff;
    default:
        return false;
    }
}

// By hand: an attribute newer than our headers must be seen, too.
bool says_more(const nlmsghdr& message) {
    const auto& header = *static_cast<const fib_rule_hdr*>(nlmsg_data(&message));
    if (header.action != FR_ACT_TO_TBL || header.tos != 0 || (header.flags & FIB_RULE_INVERT) != 0)
        return true;
    int left = nlmsg_attrlen(&message, sizeof header);
    // nla_next() only reads, though nlmsg_attrdata()'s answer does not say so.
    for (nlattr* each = nlmsg_attrdata(&message, sizeof header); nla_ok(each, left) != 0;
         each = nla_next(each, &left))
        if (!is_known(*each))
            return true;
    return false;
}

std::optional<Prefix> prefix_of(const nlattr* attribute, std::uint8_t length, Family family) {
    if (attribute == nullptr || bytes_of(attribute).size() != address_size(family))
        return std::nullopt;
    return Prefix{IpAddress::from_bytes(family, bytes_of(attribute)), length};
}

std::optional<FirewallMark> mark_of(const Parsed& attributes) {
    if (attributes[FRA_FWMARK] == nullptr && attributes[FRA_FWMASK] == nullptr)
        return std::nullopt;
    return FirewallMark{number_of(attributes[FRA_FWMARK]).value_or(0),
                        number_of(attributes[FRA_FWMASK]).value_or(0xffffffff)};
}

} // namespace

Message rule_request(int type, int flags, const Rule& rule) {
    Message request(type, NLM_F_ACK | flags);
    fib_rule_hdr header = header_of(rule.family);
    header.action = FR_ACT_TO_TBL;
    header.src_len = rule.from ? rule.from->length : std::uint8_t{0};
    header.dst_len = rule.to ? rule.to->length : std::uint8_t{0};
    request.append(header);
    request.put(FRA_PRIORITY, rule.priority);
    request.put(FRA_TABLE, rule.table);
    request.put(FRA_PROTOCOL, route_mark);
    if (header.src_len != 0)
        request.put(FRA_SRC, rule.from->address.bytes());
    if (header.dst_len != 0)
        request.put(FRA_DST, rule.to->address.bytes());
    if (!rule.iif.empty())
        put_text(request, FRA_IIFNAME, rule.iif);
    if (!rule.oif.empty())
        put_text(request, FRA_OIFNAME, rule.oif);
    if (rule.mark) {
        request.put(FRA_FWMARK, rule.mark->value);
        request.put(FRA_FWMASK, rule.mark->mask);
    }
    return request;
}

Message rule_dump_request(Family family) {
    Message request(RTM_GETRULE, NLM_F_DUMP);
    request.append(header_of(family));
    return request;
}

std::optional<HeldRule> parse_rule(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWRULE)
        return std::nullopt;
    const auto attributes = attributes_of<fib_rule_hdr, FRA_MAX>(message);
    if (!attributes || says_more(message))
        return std::nullopt;
    const auto& header = *static_cast<const fib_rule_hdr*>(nlmsg_data(&message));
    if (header.family != AF_INET && header.family != AF_INET6)
        return std::nullopt;
    HeldRule held;
    Rule& rule = held.rule;
    rule.family = header.family == AF_INET ? Family::ipv4 : Family::ipv6;
    rule.priority = number_of((*attributes)[FRA_PRIORITY]).value_or(0);
    rule.from = prefix_of((*attributes)[FRA_SRC], header.src_len, rule.family);
    rule.to = prefix_of((*attributes)[FRA_DST], header.dst_len, rule.family);
    rule.iif = text_of((*attributes)[FRA_IIFNAME]);
    rule.oif = text_of((*attributes)[FRA_OIFNAME]);
    rule.mark = mark_of(*attributes);
    rule.table = number_of((*attributes)[FRA_TABLE]).value_or(header.table);
    const nlattr* proto = (*attributes)[FRA_PROTOCOL];
    held.ours = proto != nullptr && nla_len(proto) == 1 && nla_get_u8(proto) == route_mark;
    return held;
}

} // namespace baton::netlink
