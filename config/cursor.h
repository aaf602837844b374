// A place in JSON text that moves from token to token and counts lines and columns.
//
// It only walks where nlohmann's parser has been and understands no more than where tokens begin and end.
#pragma once

#include "config/position.h"

#include <string_view>

namespace baton::config {

class Cursor {
public:
    explicit Cursor(std::string_view text); ///< past a byte order mark, if there is one

    [[nodiscard]] Position position() const { return position_; }
    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] bool at_end() const { return offset_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[offset_]; }
    /// From here to the end.
    [[nodiscard]] std::string_view rest() const { return text_.substr(offset_); }

    void advance(std::size_t bytes = 1);
    void skip_blank();      ///< white space and whole comments; stops at a comment that never ends
    void skip_separators(); ///< the same, and commas and colons
    void skip_token();      ///< one string, number, word or bracket

private:
    [[nodiscard]] std::size_t comment_length() const;
    [[nodiscard]] std::size_t token_length() const;

    std::string_view text_;
    std::size_t offset_{0};
    Position position_{1, 1};
};

} // namespace baton::config
