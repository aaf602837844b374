// The attributes of a message, by number (nlmsg_parse(3), nla_parse_nested(3)). For the readers in netlink/
// only.
#pragma once

#include <array>
#include <cstdint>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <optional>
#include <span>
#include <string>

namespace baton::netlink {

template <int last>
using Attributes = std::array<nlattr*, last + 1>;

/// What follows the fixed header `Header`; nothing when the message is malformed.
template <class Header, int last>
std::optional<Attributes<last>> attributes_of(const nlmsghdr& message) {
    Attributes<last> attributes{};
    // nlmsg_parse() only reads the message, though its signature does not say so.
    auto* header = const_cast<nlmsghdr*>(&message);
    if (nlmsg_parse(header, sizeof(Header), attributes.data(), last, nullptr) < 0)
        return std::nullopt;
    return attributes;
}

/// What is nested in an attribute; all null when there is no attribute, or nothing sound in it.
template <int last>
Attributes<last> nested_in(nlattr* attribute) {
    Attributes<last> attributes{};
    if (attribute == nullptr || nla_parse_nested(attributes.data(), last, attribute, nullptr) < 0)
        return {};
    return attributes;
}

inline std::span<const std::uint8_t> bytes_of(const nlattr* attribute) {
    return {static_cast<const std::uint8_t*>(nla_data(attribute)),
            static_cast<std::size_t>(nla_len(attribute))};
}

/// A text, which the kernel ends with a NUL octet; empty when there is no attribute.
inline std::string text_of(const nlattr* attribute) {
    if (attribute == nullptr)
        return {};
    const auto bytes = bytes_of(attribute);
    std::string text(bytes.begin(), bytes.end());
    return text.substr(0, text.find('\0'));
}

/// A number of 32 bits; nothing when there is no attribute, or one of another size.
inline std::optional<std::uint32_t> number_of(const nlattr* attribute) {
    if (attribute == nullptr || nla_len(attribute) != static_cast<int>(sizeof(std::uint32_t)))
        return std::nullopt;
    return nla_get_u32(attribute);
}

} // namespace baton::netlink
