#include "control/target.h"

namespace baton::control {
namespace {

std::optional<unsigned> hex_digit(char c) {
    const auto at =
        std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

} // namespace

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
    const auto at = target.find('?');
    return at == std::string_view::npos ? std::string_view() : target.substr(at + 1);
}

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = i + 2 < text.size() && text[i] == '%' ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (low) {
            result += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::optional<std::string> name_between(std::string_view prefix, std::string_view path,
                                        std::string_view suffix) {
    if (!path.starts_with(prefix) || !path.ends_with(suffix) || path.size() <= prefix.size() + suffix.size())
        return std::nullopt;
    const auto name = path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
    return name.find('/') == std::string_view::npos ? std::optional(percent_decoded(name)) : std::nullopt;
}

} // namespace baton::control
