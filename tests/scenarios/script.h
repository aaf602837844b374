// A scenario file: commands, a line of four dashes, what they must print, an empty line; and so on.
//
// Lines that begin with # are comments and stay where they are. Only text is handled here: what a command
// does is the business of the one who calls.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace baton::scenarios {

/// A script that cannot be read: an unknown verb, a missing word.
struct ScriptError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Block {
    std::size_t line{0};               ///< of the first line, from 1
    std::vector<std::string> lead;     ///< comments and empty lines before it, verbatim
    std::vector<std::string> commands; ///< with the comments among them
    std::vector<std::string> expected;
};

struct Script {
    std::vector<Block> blocks;
    std::vector<std::string> tail; ///< what stands after the last block
};

[[nodiscard]] Script parse_script(const std::string& text);
[[nodiscard]] std::string format_script(const Script& script);

/// Runs all blocks; answers the script as it should read. `run` gets a command and answers its output.
using RunCommand = std::function<std::vector<std::string>(const std::string& command)>;
[[nodiscard]] Script perform(const Script& script, const RunCommand& run);

/// The first difference, for people; empty when there is none.
[[nodiscard]] std::string difference(const Script& expected, const Script& actual);

} // namespace baton::scenarios
