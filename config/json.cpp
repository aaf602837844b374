#include "config/json.h"

namespace baton::config {
namespace {

constexpr std::size_t longest_shown = 60;

/// At most longest_shown bytes, cut between two characters.
std::string_view beginning(std::string_view text) {
    if (text.size() <= longest_shown)
        return text;
    std::size_t end = longest_shown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end);
}

} // namespace

const Json* find(const Json& object, std::string_view key) {
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::string quote(std::string_view text) {
    const auto shown = beginning(text);
    auto quoted = Json(shown).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (shown.size() < text.size())
        quoted.insert(quoted.size() - 1, "...");
    return quoted;
}

std::string show(const Json& value) {
    if (value.is_string())
        return quote(value.get_ref<const std::string&>());
    if (value.is_array())
        return value.empty() ? "an empty list" : "a list of " + entries(value.size());
    if (value.is_object())
        return value.empty() ? "an empty object" : "an object";
    return value.dump();
}

std::string entries(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

std::string join(std::span<const std::string> words, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            text += i + 1 == words.size() ? last : ", ";
        text += words[i];
    }
    return text;
}

} // namespace baton::config
