// The JSON type of config/, and how its values are shown in messages. Only .cpp files of this folder need it.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace baton::config {

/// Ordered: instances, checks and the words of a message come in the order of the file.
using Json = nlohmann::ordered_json;

/// The member of an object, or null if there is none or `object` is no object.
[[nodiscard]] const Json* find(const Json& object, std::string_view key);

/// The text in double quotes, escaped, cut off where it gets long.
[[nodiscard]] std::string quote(std::string_view text);

/// A value for a message: `300`, `"abc"`, `a list of 3 entries`, `an object`.
[[nodiscard]] std::string show(const Json& value);

/// "1 entry", "2 entries".
[[nodiscard]] std::string entries(std::size_t count);

/// "a, b, c"; `last` stands in front of the last: join(words, " or ") gives "a, b or c".
[[nodiscard]] std::string join(std::span<const std::string> words, std::string_view last = ", ");

} // namespace baton::config
