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

/// An IPv6 instance in order, likewise.
inline std::string with_ipv6_instance(const std::string& more) {
    return R"({"instances": {"A": {)" + more +
           R"("interface": "eth0", "vrid": 1, "addresses": ["fe80::100/64", "2001:db8::100/64"]}}})";
}

/// The errors, without the name of the file, the line and the column.
inline Lines faults_of(std::string_view text) {
    auto lines = errors_of(text);
    for (auto& line : lines)
        line.erase(0, line.find(": ") + 2);
    return lines;
}

/// The one instance of a configuration in order.
inline vrrp::InstanceSettings instance_of(std::string_view text) {
    auto config = config_of(text);
    REQUIRE(config.settings.instances.size() == 1);
    return std::move(config.settings.instances.front());
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
