#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace baton {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array<Range, 7> steering{{{0x00, 0x1f},
                                         {0x7f, 0x9f},       // DEL and C1, among them CSI
                                         {0x061c, 0x061c},   // Arabic letter mark
                                         {0x200e, 0x200f},   // left-to-right, right-to-left mark
                                         {0x2028, 0x202e},   // separators; embeddings and overrides
                                         {0x2066, 0x2069},   // isolates
                                         {0xfff9, 0xfffb}}}; // annotations

bool steers(char32_t character) {
    return std::any_of(steering.begin(), steering.end(), [&](const Range& range) {
        return range.first <= character && character <= range.last;
    });
}

/// A kind of UTF-8 sequence: how its first octet looks, how long it is, and the least it may stand for.
struct Form {
    std::uint8_t mask;
    std::uint8_t lead;
    std::size_t size;
    char32_t least; ///< anything less is written in a shorter way, or not at all
};

constexpr std::array<Form, 4> forms{
    {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}}};

struct Decoded {
    char32_t character{0};
    std::size_t size{0}; ///< octets; 0: the text begins with no valid sequence
};

Decoded decode(std::string_view text, const Form& form) {
    if (text.size() < form.size)
        return {};
    Decoded decoded{static_cast<unsigned char>(text[0]) & static_cast<char32_t>(~form.mask & 0xff),
                    form.size};
    for (std::size_t i = 1; i < form.size; ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if ((octet & 0xc0) != 0x80)
            return {};
        decoded.character = decoded.character << 6 | (octet & 0x3f);
    }
    const bool surrogate = decoded.character >= 0xd800 && decoded.character <= 0xdfff;
    if (surrogate || decoded.character < form.least || decoded.character > 0x10ffff)
        return {};
    return decoded;
}

Decoded first_character(std::string_view text) {
    for (const auto& form : forms)
        if ((static_cast<unsigned char>(text[0]) & form.mask) == form.lead)
            return decode(text, form);
    return {};
}

} // namespace

std::string printable(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const auto [character, size] = first_character(text);
        if (size == 0)
            clean += replacement;
        else if (steers(character))
            clean += ' ';
        else
            clean += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return clean;
}

std::string_view shortened(std::string_view text, std::size_t size) {
    if (text.size() <= size)
        return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

} // namespace baton
