#include "tests/scenarios/script.h"

#include <sstream>

namespace baton::scenarios {
namespace {

constexpr const char* separator = "----";

bool is_comment(const std::string& line) { return line.empty() || line.front() == '#'; }

void append(std::string& text, const std::vector<std::string>& lines) {
    for (const auto& line : lines)
        text += line + "\n";
}

/// The lines of `from` that stand at `at`, with a mark; nothing when it is too short.
std::string line_at(const std::vector<std::string>& from, std::size_t at) {
    return at < from.size() ? "\"" + from[at] + "\"" : "nothing more";
}

} // namespace

Script parse_script(const std::string& text) {
    enum class Part { lead, commands, expected } part = Part::lead;
    Script script;
    Block block;
    std::istringstream lines(text);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (part == Part::lead && is_comment(line)) {
            block.lead.push_back(line);
        } else if (part == Part::expected && line.empty()) {
            script.blocks.push_back(block);
            block = {};
            block.lead.push_back(line);
            part = Part::lead;
        } else if (part == Part::expected) {
            block.expected.push_back(line);
        } else if (line == separator) {
            part = Part::expected;
        } else {
            if (part == Part::lead)
                block.line = number;
            block.commands.push_back(line);
            part = Part::commands;
        }
    }
    if (part == Part::commands)
        throw ScriptError("line " + std::to_string(block.line) +
                          ": commands without a line of ---- after them");
    if (part == Part::expected)
        script.blocks.push_back(block);
    else
        script.tail = block.lead;
    return script;
}

std::string format_script(const Script& script) {
    std::string text;
    for (const auto& block : script.blocks) {
        append(text, block.lead);
        append(text, block.commands);
        append(text, {separator});
        append(text, block.expected);
    }
    append(text, script.tail);
    return text;
}

Script perform(const Script& script, const RunCommand& run) {
    Script actual = script;
    for (auto& block : actual.blocks) {
        block.expected.clear();
        for (const auto& command : block.commands) {
            if (is_comment(command))
                continue;
            try {
                const auto output = run(command);
                block.expected.insert(block.expected.end(), output.begin(), output.end());
            } catch (const ScriptError& error) {
                throw ScriptError("block at line " + std::to_string(block.line) + ": " + command + ": " +
                                  error.what());
            }
        }
    }
    return actual;
}

std::string difference(const Script& expected, const Script& actual) {
    for (std::size_t b = 0; b < expected.blocks.size(); ++b) {
        const auto& want = expected.blocks[b].expected;
        const auto& have = actual.blocks[b].expected;
        for (std::size_t i = 0; i < std::max(want.size(), have.size()); ++i)
            if (i >= want.size() || i >= have.size() || want[i] != have[i])
                return "block at line " + std::to_string(expected.blocks[b].line) + ", output line " +
                       std::to_string(i + 1) + "\n  expected: " + line_at(want, i) +
                       "\n  got:      " + line_at(have, i);
    }
    return "";
}

} // namespace baton::scenarios
