// Records of comma-separated values, one at a time, as HAProxy writes them.
//
// Quotes around a field, and two for one inside, as in RFC 4180; lines end in LF, with CR before it or not.
// Pure. Refuses a quote that is never closed and more fields than anybody has, nothing else: what a field may
// hold is its reader's business.
// HAProxy Management Guide, "CSV format".
#pragma once

#include "base/result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

/// HAProxy 2.6 has 129. A comma costs a peer one octet, and us a string.
inline constexpr std::size_t max_csv_fields = 1000;

class CsvReader {
public:
    /// A view: the text outlives the reader.
    explicit CsvReader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    /// The fields of the next record, at least one, until the next call; they may be moved from. An empty
    /// line has one empty field. Not at the end.
    [[nodiscard]] Result<std::span<std::string>, Error> next();

private:
    std::string& begin_field();
    bool take(char wanted);
    bool read_field(std::string& text); ///< false: a quote is not closed
    bool read_quoted(std::string& text);
    void read_plain(std::string& text);

    std::vector<std::string> fields_; ///< kept from record to record, with their memory
    std::size_t used_{0};
    std::string_view rest_;
};

} // namespace baton::health
