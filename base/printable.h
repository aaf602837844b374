// Makes what a program printed, or a peer sent, fit for terminals, logs and JSON: it may be anything.
//
// Pure. Knows UTF-8, not what a terminal makes of it.
#pragma once

#include <string>
#include <string_view>

namespace baton {

/// Valid UTF-8 with nothing in it that steers a terminal: control characters (C0, DEL, C1), marks that change
/// the direction of writing and separators of lines become a space each; each octet that belongs to no UTF-8
/// sequence becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// At most `size` octets of valid UTF-8, not cut within a sequence.
[[nodiscard]] std::string_view shortened(std::string_view text, std::size_t size);

} // namespace baton
