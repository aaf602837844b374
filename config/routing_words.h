// Words that ip(8) has for numbers of the kernel: scopes, routing tables, firewall marks.
//
// From JSON that the schema has passed; what it refused reads as if it were not there.
#pragma once

#include "base/result.h"
#include "config/json.h"
#include "netlink/rule.h"

#include <cstdint>
#include <optional>

namespace baton::config {

/// RT_SCOPE_* of linux/rtnetlink.h.
inline constexpr std::uint8_t scope_link = 253;
inline constexpr std::uint8_t scope_nowhere = 255;

/// RT_TABLE_LOCAL: the addresses of this host, kept by the kernel.
inline constexpr std::uint32_t local_table = 255;

/// The member "scope": a word such as "link", or a number.
[[nodiscard]] std::optional<std::uint8_t> read_scope(const Json& object);

/// The member "table": "main" or a number.
[[nodiscard]] std::uint32_t read_table(const Json& object);

/// "main" or "table 100", for a message.
[[nodiscard]] std::string name_of_table(std::uint32_t table);

/// A number, or "0x10/0xff": value and mask. The error says why no packet, or every one, has it.
[[nodiscard]] Result<netlink::FirewallMark, Error> read_mark(const Json& value);

} // namespace baton::config
