// Whether an address can be a virtual one, by itself: an IPv4 address of a host.
//
// Pure text and arithmetic. Special-purpose blocks: RFC 6890; host and network part: RFC 1122
// section 3.2.1.3.
#pragma once

#include "base/address.h"
#include "base/result.h"

#include <string_view>

namespace baton::config {

/// "10.0.1.100/24", or "10.0.1.100" for /32. The error says what is wrong and what to write.
[[nodiscard]] Result<Prefix, Error> read_virtual_address(std::string_view text);

} // namespace baton::config
