// Whether an address can be what the configuration wants it for, by itself: a virtual one, that of a host, or
// a multicast group.
//
// Pure text and arithmetic. Special-purpose blocks: RFC 6890, RFC 4291; host and network part: RFC 1122
// section 3.2.1.3.
#pragma once

#include "base/address.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::config {

/// "10.0.1.100/24" or "fe80::100/64", or "10.0.1.100" for /32. The error says what is wrong and what to
/// write.
[[nodiscard]] Result<Prefix, Error> read_virtual_address(std::string_view text);

/// "10.0.1.12" or "fe80::12": what a node can send from and be reached at.
[[nodiscard]] Result<IpAddress, Error> read_host_address(std::string_view text);

/// "224.0.0.18" or "ff02::12".
[[nodiscard]] Result<IpAddress, Error> read_group(std::string_view text);

/// What stands in the place of an address that was refused: the unspecified one of the family the text has.
[[nodiscard]] IpAddress stand_in(std::string_view text);
[[nodiscard]] bool is_stand_in(const IpAddress& address);

/// That of the first address that was not refused; else IPv6 if one was meant to be; else nobody knows.
[[nodiscard]] std::optional<Family> known_family(const std::vector<Prefix>& addresses);

/// An address and the link it is of: link-local IPv6 addresses are others on each interface (RFC 4007).
using ScopedAddress = std::pair<std::string, IpAddress>;
[[nodiscard]] ScopedAddress scoped(const IpAddress& address, const std::string& interface);

} // namespace baton::config
