// The target of a request, in its parts (RFC 3986 section 3). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace baton::control {

[[nodiscard]] std::string_view path_of(std::string_view target);

/// What stands behind the question mark; empty without one.
[[nodiscard]] std::string_view query_of(std::string_view target);

/// RFC 3986 section 2.1. A stray % stands for itself.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// The name between `prefix` and `suffix`, decoded, if there is one: a single segment, so a slash in it is
/// encoded.
[[nodiscard]] std::optional<std::string> name_between(std::string_view prefix, std::string_view path,
                                                      std::string_view suffix = {});

} // namespace baton::control
