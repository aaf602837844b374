// What is wrong with a configuration, as a value, and the one wording of it for people.
//
// A finding knows what it is about (a JSON pointer); a problem also knows where that stands in which file.
#pragma once

#include "config/position.h"

#include <optional>
#include <string>
#include <vector>

namespace baton::config {

struct Finding {
    enum class About : std::uint8_t { value, key };

    std::string pointer;
    std::string message;          ///< what is wrong, and what is allowed if that is short
    std::string suggestion{};     ///< the nearest known word, or empty
    std::string allowed{};        ///< the known words, or empty
    About about{About::value};    ///< whose place to show
    std::optional<Position> at{}; ///< where it is, if the pointer cannot tell
};

using Findings = std::vector<Finding>;

struct Problem {
    std::string file;
    std::size_t line{0}; ///< 0: the file as a whole
    std::size_t column{0};
    std::string pointer; ///< RFC 6901; empty for the whole document
    std::string message;
    std::string suggestion;
    std::string allowed;
};

using Errors = std::vector<Problem>;

[[nodiscard]] Problem locate(const Finding& finding, const Positions& positions, const std::string& file);

/// One line: `FILE:LINE:COLUMN: POINTER: MESSAGE; did you mean "SUGGESTION"? (allowed: ALLOWED)`. Control
/// characters from the file come out escaped, so a configuration cannot paint on a terminal.
[[nodiscard]] std::string describe(const Problem& problem);

} // namespace baton::config
