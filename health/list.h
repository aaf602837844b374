// Lists for people: the first few of many.
//
// Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

/// "a, b, c"; of more than eight, the first eight and "and 5 more".
[[nodiscard]] inline std::string first_of(const std::vector<std::string>& items, std::string_view between) {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
        text.append(i == 0 ? "" : between).append(items[i]);
    if (items.size() > most)
        text.append(between).append("and ").append(std::to_string(items.size() - most)).append(" more");
    return text;
}

} // namespace baton::health
