#include "health/csv.h"

#include <algorithm>
#include <cassert>

namespace baton::health {

Result<std::vector<std::string>, Error> CsvReader::next() {
    assert(!at_end());
    std::vector<std::string> fields;
    do {
        if (fields.size() == max_csv_fields)
            return Error{"a line has more than " + std::to_string(max_csv_fields) + " fields"};
        auto text = field();
        if (!text)
            return Error{"a quote is not closed"};
        fields.push_back(*std::move(text));
    } while (take(','));
    if (rest_.starts_with("\r\n"))
        take('\r');
    take('\n');
    return fields;
}

bool CsvReader::take(char wanted) {
    if (!rest_.starts_with(wanted))
        return false;
    rest_.remove_prefix(1);
    return true;
}

std::optional<std::string> CsvReader::field() {
    if (!take('"'))
        return plain();
    auto text = quoted();
    if (text)
        *text += plain(); // what stands between the closing quote and the comma is not lost
    return text;
}

/// Behind the opening quote.
std::optional<std::string> CsvReader::quoted() {
    std::string text;
    while (true) {
        const auto end = rest_.find('"');
        if (end == std::string_view::npos)
            return std::nullopt;
        text += rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        if (!take('"'))
            return text;
        text += '"';
    }
}

std::string CsvReader::plain() {
    const auto end = std::min(rest_.find_first_of(",\n"), rest_.size());
    auto text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (text.ends_with('\r') && rest_.starts_with('\n'))
        text.remove_suffix(1);
    return std::string(text);
}

} // namespace baton::health
