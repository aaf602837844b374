// What is wrong with text that is not JSON, in words for people who write configurations.
#pragma once

#include "config/cursor.h"
#include "config/problem.h"

namespace baton::config {

/// The last token that was in order.
enum class After : std::uint8_t {
    nothing, ///< the file begins
    open_object,
    key,
    member, ///< a value in an object
    open_list,
    element, ///< a value in a list
    document ///< the whole value
};

/// `cursor` stands behind the last good token; `bad_offset` is that of the last byte the parser looked at.
/// The finding carries its position and no pointer.
[[nodiscard]] Finding describe_syntax_error(Cursor cursor, After after, std::size_t bad_offset);

/// Where the text ends.
[[nodiscard]] Position end_of(Cursor cursor);

} // namespace baton::config
