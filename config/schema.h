// Holds a value against a JSON Schema: the subset of draft 2020-12 that config/schema.json uses.
//
// What it is for is the text of the errors: all of them at once, each with what was found, what is allowed
// and the nearest known word (decision 004). Four keywords are not of the draft, and other readers of the
// schema ignore them: `patternErrorMessage` (a pattern in words, known to editors), `x-duration` (minimum,
// maximum and step of a duration, and what zero means if it may be zero too), `x-default` and `x-range` (a
// default or a range that depends on other values, for the reference page; read_instance.cpp sees to them).
//
// minLength and maxLength count octets. A value that is `writeOnly`, a secret, is never shown.
#pragma once

#include "config/json.h"
#include "config/problem.h"

#include <string>
#include <string_view>
#include <vector>

namespace baton::config {

/// config/schema.json as it was when this was built.
[[nodiscard]] std::string_view schema_text();

class Schema {
public:
    /// `text` is a schema of ours; one that is not JSON is a programmer's mistake and throws.
    explicit Schema(std::string_view text) : root_(Json::parse(text)) {}

    /// Everything the schema has against `value`. Afterwards absent members with a default have it, and what
    /// was refused is null: all that is left has the shape the schema promises.
    [[nodiscard]] Findings apply(Json& value) const;

    /// Keywords in the schema that apply() does not interpret, as JSON pointers; none in a schema of ours.
    [[nodiscard]] std::vector<std::string> unknown_keywords() const;

private:
    Json root_;
};

} // namespace baton::config
