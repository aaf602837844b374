// What the tests of config/ share: short ways to load text and to see its errors as lines.
#pragma once

#include "config/load.h"

#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

namespace baton::config {

using Lines = std::vector<std::string>;

/// The errors as people see them, of a file called "f".
inline Lines errors_of(std::string_view text) {
    Lines lines;
    const auto loaded = load(text, "f");
    if (!loaded)
        for (const auto& problem : loaded.error())
            lines.push_back(describe(problem));
    return lines;
}

/// The configuration, which must be in order.
inline Config config_of(std::string_view text) {
    CHECK(errors_of(text) == Lines{});
    auto loaded = load(text, "f");
    REQUIRE(loaded.has_value());
    return std::move(*loaded);
}

/// An instance in order, in one line, with more members put in; `more` ends with a comma.
inline std::string with_instance(const std::string& more) {
    return R"({"instances": {"A": {)" + more +
           R"("interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})";
}

/// A check in order, called "c", with more members put in; `more` begins with a comma.
inline std::string with_check(const std::string& more) {
    return R"({"checks": {"c": {"type": "script", "run": ["/bin/sh"])" + more +
           R"(}}, "instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})";
}

} // namespace baton::config

template <>
struct doctest::StringMaker<baton::config::Position> {
    static String convert(const baton::config::Position& at) {
        return (std::to_string(at.line) + ":" + std::to_string(at.column)).c_str();
    }
};

/// Shown line by line when a comparison fails.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
    static String convert(const std::vector<std::string>& lines) {
        std::string text;
        for (const auto& line : lines)
            text += "\n  " + line;
        return text.c_str();
    }
};
