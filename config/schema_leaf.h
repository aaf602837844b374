// One schema against one value, without what is inside of it: type, range, pattern, size. And the schema in
// words: "a whole number from 1 to 255".
#pragma once

#include "config/json.h"

#include <map>
#include <regex>
#include <string>

namespace baton::config {

/// The patterns of one run, compiled once each: std::regex takes longer to make than to use.
class Patterns {
public:
    /// Patterns match short words. Text over 256 bytes never matches: std::regex goes one level deeper into
    /// the stack for each character.
    [[nodiscard]] bool matches(const std::string& pattern, const std::string& text);

private:
    std::map<std::string, std::regex> compiled_;
};

/// JSON Schema's types: 1.0 is an integer too.
[[nodiscard]] bool type_fits(const Json& schema, const Json& value);

/// type, enum, minimum, maximum, pattern and the sizes; not $ref, oneOf, members, elements.
[[nodiscard]] bool leaf_fits(const Json& schema, const Json& value, Patterns& patterns);

/// What the value must be. Takes leaf keywords only; $ref and oneOf are the caller's.
[[nodiscard]] std::string leaf_in_words(const Json& schema);

/// The value as a message shows it; of a secret (`writeOnly`) only its length.
[[nodiscard]] std::string found_in_words(const Json& schema, const Json& value);

/// What `x-duration` has against a text that looks like a duration; empty if nothing.
[[nodiscard]] std::string duration_fault(const Json& range, const std::string& text);

} // namespace baton::config
