#include "config/syntax.h"

#include "config/json.h"

#include <cctype>

namespace baton::config {
namespace {

constexpr std::string_view a_key = "a key in double quotes";
constexpr std::string_view a_value = "a value (a string in double quotes, a number, true, false, [ or {)";

/// Steps over `separator` and what is blank around it.
bool take(Cursor& cursor, char separator) {
    cursor.skip_blank();
    if (cursor.peek() != separator)
        return false;
    cursor.advance();
    cursor.skip_blank();
    return true;
}

/// What had to come next; the cursor moves to where it had to stand.
std::string_view expected(Cursor& cursor, After after) {
    cursor.skip_blank();
    switch (after) {
    case After::nothing:
        return "{";
    case After::open_object:
        return "a key in double quotes, or }";
    case After::key:
        return take(cursor, ':') ? a_value : "a colon after the key";
    case After::member:
        return take(cursor, ',') ? a_key : "a comma or }";
    case After::open_list:
        return "a value or ]";
    case After::element:
        return take(cursor, ',') ? a_value : "a comma or ]";
    case After::document:
        return "the end of the file";
    }
    return "";
}

/// Why the token at the cursor is bad in itself, or nothing if it only stands in the wrong place.
std::string fault_in_string(std::string_view from_quote, std::size_t length) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(from_quote[i]); };
    if (length >= from_quote.size() || octet(length) == '\n' || octet(length) == '\r')
        return "this string has no closing quote in its line";
    if (octet(length) < 0x20)
        return "this string holds a control character; write it as \\t or \\u00XX";
    if (octet(length) >= 0x80 || octet(length - 1) >= 0x80)
        return "this string is not UTF-8";
    return "this string holds an escape JSON does not know; write a backslash as \\\\";
}

std::string found(std::string_view text) {
    if (text.empty())
        return "the file ends";
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::size_t length = 0;
    while (length < text.size() && length < 30 && (is_word(text[length]) || text[length] == '-'))
        ++length;
    return "there is " + quote(text.substr(0, length == 0 ? 1 : length));
}

Finding at(Position position, std::string message) {
    return {.pointer = "", .message = std::move(message), .at = position};
}

/// Commas and quotes people carry over from other notations.
std::string hint(bool after_comma, char here) {
    if (after_comma && (here == '}' || here == ']'))
        return "; no comma may stand before the closing bracket";
    if (here == '\'')
        return "; JSON has double quotes only";
    if (here == '#')
        return "; comments begin with //";
    return "";
}

bool is_number(std::string_view text) {
    const auto digit = text.starts_with('-') ? 1U : 0U;
    return text.size() > digit && std::isdigit(static_cast<unsigned char>(text[digit])) != 0;
}

} // namespace

Position end_of(Cursor cursor) {
    cursor.advance(cursor.rest().size());
    return cursor.position();
}

Finding describe_syntax_error(Cursor cursor, After after, std::size_t bad_offset) {
    const auto wanted = expected(cursor, after);
    const auto text = cursor.rest();
    const bool value_fits = wanted == a_value || after == After::open_list || after == After::nothing;
    const bool string_fits = value_fits || wanted == a_key || after == After::open_object;
    if (after == After::nothing && text.empty())
        return at(cursor.position(), "the file is empty; a configuration is an object with \"instances\"");
    if (text.starts_with("/*"))
        return at(cursor.position(), "this comment is never closed with */");
    if (text.starts_with('"') && string_fits && bad_offset > cursor.offset())
        return at(cursor.position(), fault_in_string(text, bad_offset - cursor.offset()));
    if (is_number(text) && value_fits)
        return at(cursor.position(), "this is not a number JSON can hold");
    const bool after_comma =
        (after == After::member && string_fits) || (after == After::element && value_fits);
    return at(cursor.position(), found(text) + " where " + std::string(wanted) + " is expected" +
                                     hint(after_comma, cursor.peek()));
}

} // namespace baton::config
