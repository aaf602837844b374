// The report as the JSON of `GET /v1/status`. Names are those of RFC 9568 and of the configuration; times
// are RFC 3339 in UTC, durations milliseconds. A key once given keeps its meaning.
#pragma once

#include "control/report.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

namespace baton::control {

/// Keys in the order of writing: people read this too.
using Json = nlohmann::ordered_json;

/// Of one instance, by its place in the snapshot.
[[nodiscard]] Hosting hosting_of(const Report& report, std::size_t index);
[[nodiscard]] HooksView hooks_of(const Report& report, std::size_t index);

/// The text of `GET /v1/status`, an instance or a check at a time: adverts leave between two of them, not
/// after a thousand.
class StatusText {
public:
    explicit StatusText(Report report) : report_(std::move(report)) {}

    /// Adds the next piece to `text`; false after the last.
    [[nodiscard]] bool add_to(std::string& text);

private:
    Report report_;
    std::size_t next_{0};
};

/// One instance, by its place in the snapshot.
[[nodiscard]] Json instance_json(const Report& report, std::size_t index);

/// Text of it; what is not UTF-8 (a check's output may be anything) is replaced. `indent` < 0: one line.
[[nodiscard]] std::string to_text(const Json& json, int indent = -1);

} // namespace baton::control
