// What the vector tests share: JSON to octets and addresses, and back.
#pragma once

#include "base/address.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baton::testing {

using Json = nlohmann::json;

inline IpAddress address(const Json& text) { return *IpAddress::parse(text.get<std::string>()); }

inline std::vector<std::uint8_t> bytes_of(const std::string& hex) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

inline std::string hex_of(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto byte : bytes) {
        hex += digits[byte >> 4];
        hex += digits[byte & 0xf];
    }
    return hex;
}

inline std::vector<std::uint8_t> octets_of(const Json& addresses) {
    std::vector<std::uint8_t> octets;
    for (const auto& text : addresses) {
        const auto one = address(text);
        octets.insert(octets.end(), one.bytes().begin(), one.bytes().end());
    }
    return octets;
}

} // namespace baton::testing
