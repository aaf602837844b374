// What the readers of config/ share: a text that is refused leaves a stand-in, so that an index in the
// settings is an index in the file, and later steps can pass over it.
#pragma once

#include "base/result.h"
#include "config/address.h"
#include "config/json.h"
#include "config/problem.h"

#include <string_view>

namespace baton::config {

/// What `read` makes of a text; a stand-in if it refuses that.
template <class Value>
Value read_or_stand_in(const Json& json, Result<Value, Error> (*read)(std::string_view), const Pointer& at,
                       Findings& findings) {
    if (!json.is_string())
        return Value{};
    const auto& text = json.get_ref<const std::string&>();
    const auto value = read(text);
    if (value)
        return *value;
    findings.push_back({.pointer = at.text(), .message = value.error().text});
    return Value{stand_in(text)};
}

/// The same for a member that may be absent.
template <class Value>
std::optional<Value> read_member(const Json& object, const char* key,
                                 Result<Value, Error> (*read)(std::string_view), const Pointer& at,
                                 Findings& findings) {
    const auto* value = find(object, key);
    if (value == nullptr)
        return std::nullopt;
    return read_or_stand_in(*value, read, at / key, findings);
}

} // namespace baton::config
