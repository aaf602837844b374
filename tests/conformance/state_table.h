// What a Node does: each event in each state, as one table. Made by asking the Node, not by reading it.
#pragma once

#include <string>
#include <vector>

namespace baton::conformance {

/// What one event does in one state.
struct Reaction {
    std::string transition;           ///< "T7", or "+" for what is ours; empty if it is not to happen there
    std::string state;                ///< "backup"
    std::vector<std::string> actions; ///< "advert", "release", "arm ADI", ... in order
    std::string next;                 ///< the state after it
};

struct Row {
    std::string event; ///< in words
    std::vector<Reaction> reactions;
};

/// The states, in the order of the reactions of a row.
[[nodiscard]] const std::vector<std::string>& state_names();

[[nodiscard]] std::vector<Row> state_table();

/// As Markdown.
[[nodiscard]] std::string format(const std::vector<Row>& table);

} // namespace baton::conformance
