// Short ways to the members of JSON that the schema has passed. What is absent or was refused (null) reads as
// nothing: "", 0, false, no members.
#pragma once

#include "base/time.h"
#include "config/json.h"

#include <cstdint>
#include <string>

namespace baton::config {

[[nodiscard]] std::string text(const Json& object, const char* key);
[[nodiscard]] int number(const Json& object, const char* key);
/// 0 to 4294967295.
[[nodiscard]] std::uint32_t large_number(const Json& object, const char* key);
[[nodiscard]] bool flag(const Json& object, const char* key);
[[nodiscard]] Duration duration(const Json& object, const char* key);
/// Of an element of a list.
[[nodiscard]] Duration duration(const Json& value);

/// A list or an object inside of another; an empty object if it was refused.
[[nodiscard]] const Json& part(const Json& object, const char* key);

} // namespace baton::config
