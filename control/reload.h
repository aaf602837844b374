// What comes of a reload, as the API shows it: what has changed (or would), or why nothing was.
//
// Values only; daemon/ fills them. Words for people are made where the rest of the configuration's words are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace baton::control {

struct Reload {
    enum class Outcome : std::uint8_t {
        done,              ///< taken over, or with dry_run: would be
        bad_configuration, ///< `problems` has all that is wrong with it
        refused            ///< the configuration is good, but cannot be taken over; `error` says why
    };
    struct Problem {
        std::string file;
        std::size_t line{0}; ///< 0: the file as a whole
        std::size_t column{0};
        std::string pointer; ///< RFC 6901
        std::string text;    ///< the whole line: "FILE:LINE:COLUMN: POINTER: MESSAGE"
    };
    struct Change {
        std::string kind;   ///< "setting", "check", "instance", "sync_group"
        std::string name;   ///< of a setting: its key
        std::string change; ///< "added", "removed", "changed", "restarted"
        std::vector<std::string> keys;
        std::string text; ///< "instance VI_1 is changed (priority)"
    };

    Outcome outcome{Outcome::done};
    bool dry_run{false};
    std::string error; ///< one sentence; empty when done
    std::vector<Problem> problems;
    std::vector<Change> changes;
    std::size_t unchanged_instances{0};
    std::size_t unchanged_checks{0};
    std::size_t unchanged_sync_groups{0};
    std::string unchanged; ///< in words
};

/// Lines for people, of a reload that was done, or would be.
[[nodiscard]] std::vector<std::string> reload_text(const Reload& reload);

/// The answer's body: {"dry_run", "changes", "unchanged", "text"}, or {"error", "errors"}.
[[nodiscard]] nlohmann::ordered_json reload_json(const Reload& reload);

} // namespace baton::control
