// How a run ended, in words.
#include "base/duration.h"
#include "base/printable.h"
#include "scripts/process.h"

namespace baton::scripts {
namespace {

/// Longer lines help nobody in a status table.
constexpr std::size_t detail_limit = 200;

/// The last line that says anything.
std::string_view last_line(std::string_view output) {
    const auto end = output.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos)
        return {};
    output = output.substr(0, end + 1);
    const auto newline = output.find_last_of('\n');
    return newline == std::string_view::npos ? output : output.substr(newline + 1);
}

} // namespace

std::string describe(const Outcome& outcome, Duration timeout) {
    switch (outcome.kind) {
    case Outcome::Kind::exited:
        return "exit status " + std::to_string(outcome.code);
    case Outcome::Kind::signalled:
        return "killed by signal " + std::to_string(outcome.code);
    case Outcome::Kind::timed_out:
        return "timed out after " + format_duration(timeout);
    case Outcome::Kind::not_started:
        return describe(SpawnFailure{outcome.step, outcome.code});
    case Outcome::Kind::lost:
        return "its exit status was lost: something else waited for the process";
    }
    return {};
}

/// Cleaned before it is cut: cleaning may lengthen it, and what is cut off must not leave half a sequence.
std::string last_words(std::string_view output) {
    const auto text = printable(last_line(output));
    const auto start = text.find_first_not_of(' ');
    if (start == std::string::npos)
        return {};
    const auto end = text.find_last_not_of(' ');
    return std::string(shortened(std::string_view(text).substr(start, end + 1 - start), detail_limit));
}

} // namespace baton::scripts
