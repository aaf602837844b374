#include "config/cursor.h"

#include <algorithm>

namespace baton::config {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view digits = "0123456789";

std::size_t string_length(std::string_view text) {
    std::size_t i = 1;
    while (i < text.size() && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return std::min(i + 1, text.size());
}

std::size_t skip(std::string_view text, std::size_t from, std::string_view characters) {
    return std::min(text.find_first_not_of(characters, from), text.size());
}

/// Exactly what JSON calls a number: "01" is two tokens.
std::size_t number_length(std::string_view text) {
    const std::size_t minus = text.starts_with('-') ? 1 : 0;
    std::size_t end = text.substr(minus).starts_with('0') ? minus + 1 : skip(text, minus, digits);
    if (text.substr(end).starts_with('.'))
        end = skip(text, end + 1, digits);
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        const std::size_t sign = text.find_first_of("+-", end) == end + 1 ? 1 : 0;
        end = skip(text, end + 1 + sign, digits);
    }
    return end;
}

/// A word is as long as the literal its first letter begins; anything else is one character.
std::size_t word_length(char first) {
    if (first == 'f')
        return std::string_view("false").size();
    return first == 't' || first == 'n' ? std::string_view("true").size() : 1;
}

} // namespace

Cursor::Cursor(std::string_view text) : text_(text) {
    if (text.starts_with(byte_order_mark))
        offset_ = byte_order_mark.size();
}

void Cursor::advance(std::size_t bytes) {
    for (const auto end = std::min(offset_ + bytes, text_.size()); offset_ < end; ++offset_) {
        if (text_[offset_] == '\n')
            position_ = {position_.line + 1, 1};
        else if ((static_cast<unsigned char>(text_[offset_]) & 0xc0) != 0x80)
            ++position_.column;
    }
}

std::size_t Cursor::comment_length() const {
    const auto text = rest();
    if (text.starts_with("//"))
        return std::min(text.find_first_of("\r\n"), text.size());
    const auto end = text.starts_with("/*") ? text.find("*/", 2) : std::string_view::npos;
    return end == std::string_view::npos ? 0 : end + 2;
}

void Cursor::skip_blank() {
    while (!at_end()) {
        const auto length = blanks.find(peek()) != std::string_view::npos ? 1 : comment_length();
        if (length == 0)
            return;
        advance(length);
    }
}

void Cursor::skip_separators() {
    skip_blank();
    while (peek() == ',' || peek() == ':') {
        advance();
        skip_blank();
    }
}

std::size_t Cursor::token_length() const {
    const auto text = rest();
    if (text.starts_with('"'))
        return string_length(text);
    if (text.starts_with('-') || skip(text, 0, digits) > 0)
        return number_length(text);
    return word_length(peek());
}

void Cursor::skip_token() { advance(token_length()); }

} // namespace baton::config
