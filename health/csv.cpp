#include "health/csv.h"

#include <algorithm>
#include <cassert>

namespace baton::health {

Result<std::span<std::string>, Error> CsvReader::next() {
    assert(!at_end());
    used_ = 0;
    do {
        if (used_ == max_csv_fields)
            return Error{"a line has more than " + std::to_string(max_csv_fields) + " fields"};
        if (!read_field(begin_field()))
            return Error{"a quote is not closed"};
    } while (take(','));
    if (rest_.starts_with("\r\n"))
        take('\r');
    take('\n');
    return std::span(fields_).first(used_);
}

std::string& CsvReader::begin_field() {
    if (used_ == fields_.size())
        fields_.emplace_back();
    auto& text = fields_[used_++];
    text.clear();
    return text;
}

bool CsvReader::take(char wanted) {
    if (!rest_.starts_with(wanted))
        return false;
    rest_.remove_prefix(1);
    return true;
}

bool CsvReader::read_field(std::string& text) {
    if (take('"') && !read_quoted(text))
        return false;
    read_plain(text); // what stands between a closing quote and the comma is not lost
    return true;
}

/// Behind the opening quote.
bool CsvReader::read_quoted(std::string& text) {
    do {
        const auto end = rest_.find('"');
        if (end == std::string_view::npos)
            return false;
        text += rest_.substr(0, end + 1); // with the quote: when a second one follows, it is text
        rest_.remove_prefix(end + 1);
    } while (take('"'));
    text.pop_back();
    return true;
}

void CsvReader::read_plain(std::string& text) {
    const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) { return c == ',' || c == '\n'; });
    auto piece = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(piece.size());
    if (piece.ends_with('\r') && rest_.starts_with('\n'))
        piece.remove_suffix(1);
    text += piece;
}

} // namespace baton::health
