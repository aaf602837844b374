// Decimal numbers in texts of peers.
//
// Pure. Digits only: no sign, no space, nothing behind them.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace baton::health {

/// Nothing when the text is empty, has anything but digits, or stands for more than 64 bits hold.
[[nodiscard]] inline std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

} // namespace baton::health
