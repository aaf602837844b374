// Short pieces of what a peer sent or a file holds, for messages about it.
//
// Pure. What is quoted stays as it came: whoever shows it makes it fit for terminals.
#pragma once

#include <string>
#include <string_view>

namespace baton::health {

/// The first `most` octets, and "..." when there are more.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t most = 80);

/// Up to the first LF, or CR LF, without it.
[[nodiscard]] std::string_view first_line(std::string_view text);

/// Without the spaces, tabs and ends of lines around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

} // namespace baton::health
