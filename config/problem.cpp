#include "config/problem.h"

namespace baton::config {
namespace {

std::string without_control_characters(const std::string& text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string clean;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet != 0x7f)
            clean += c;
        else
            clean.append("\\u00").append(1, hex[octet >> 4]).append(1, hex[octet & 0xf]);
    }
    return clean;
}

} // namespace

Problem locate(const Finding& finding, const Positions& positions, const std::string& file) {
    const auto& place = positions.find(finding.pointer);
    const auto at = finding.at.value_or(finding.about == Finding::About::key ? place.key : place.value);
    return {file, at.line, at.column, finding.pointer, finding.message, finding.suggestion, finding.allowed};
}

std::string describe(const Problem& problem) {
    std::string line = problem.file;
    if (problem.line != 0)
        line += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
    line += ": ";
    if (!problem.pointer.empty())
        line += problem.pointer + ": ";
    line += problem.message;
    if (!problem.suggestion.empty())
        line += "; did you mean \"" + problem.suggestion + "\"?";
    if (!problem.allowed.empty())
        line += " (allowed: " + problem.allowed + ")";
    return without_control_characters(line);
}

} // namespace baton::config
