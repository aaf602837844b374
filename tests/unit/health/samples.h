// What a real HAProxy 2.6 answered; haproxy/record.py made the files.
#pragma once

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <string>

namespace baton::testing {

/// A file of tests/unit/health/haproxy.
inline std::string haproxy_said(const std::string& name) {
    std::ifstream file("tests/unit/health/haproxy/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file, name);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace baton::testing
