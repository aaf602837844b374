#include "health/file_state.h"

#include "health/excerpt.h"
#include "health/number.h"

#include <array>

namespace baton::health {
namespace {

constexpr std::int64_t largest = 254;

struct Word {
    std::string_view text;
    bool ok;
};
constexpr std::array<Word, 3> words{{{"up", true}, {"ok", true}, {"down", false}}};

std::optional<std::int64_t> state_number(std::string_view text) {
    const bool below = text.starts_with('-');
    const auto number = number_from(below ? text.substr(1) : text);
    if (!number || *number > largest)
        return std::nullopt;
    return below ? -static_cast<std::int64_t>(*number) : static_cast<std::int64_t>(*number);
}

} // namespace

Finding judge_file_state(std::string_view text) {
    const auto state = trimmed(text);
    if (state.empty())
        return {.detail = "is empty"};
    for (const auto& word : words)
        if (state == word.text)
            return {.ok = word.ok, .detail = "says " + std::string(state)};
    if (const auto number = state_number(state))
        return {.ok = *number > 0, .detail = "says " + std::to_string(*number)};
    const auto line = first_line(state);
    return {.detail = "says neither up nor down, nor a number from -254 to 254: " + excerpt(line) +
                      (line.size() < state.size() ? ", and more lines" : "")};
}

} // namespace baton::health
