// What HAProxy answers to "show stat", as values: frontends, backends and servers with their states.
//
// Columns are found by the names in the first line, never by their places; unknown ones are passed over.
// Pure. Judges nothing (haproxy_judge.h); texts are as HAProxy sent them, not fit for a terminal.
// HAProxy Management Guide, "CSV format".
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

/// Lines of one answer. HaproxyAnswers takes no more than the servers of a large site need; neither does
/// this.
inline constexpr std::size_t max_stat_rows = 20'000;

/// Column "type".
enum class StatType : std::uint8_t { frontend = 0, backend = 1, server = 2, listener = 3 };

/// One line. Each member has the name of its column beside it; a number that was left empty is not there.
struct StatRow {
    StatType type{};
    std::string proxy;  ///< pxname
    std::string server; ///< svname: of the server or listener, else FRONTEND or BACKEND
    /// "UP", "UP 1/3", "DOWN", "DOWN 1/3", "DOWN (agent)", "MAINT", "MAINT (via b/s)", "DRAIN", "NOLB", "no
    /// check"; of frontends "OPEN", "PAUSED", "STOP"
    std::string status;
    std::optional<std::uint64_t> weight;        ///< effective; of a backend: of all its servers that are up
    std::optional<std::uint64_t> active;        ///< act: servers up; of a server: 1 when it is no backup
    std::optional<std::uint64_t> backup;        ///< bck: backup servers up; of a server: 1 when it is one
    std::optional<std::uint64_t> sessions;      ///< scur
    std::optional<std::uint64_t> session_limit; ///< slim; of a backend: its fullconn, which limits nothing
    std::optional<std::uint64_t> queued;        ///< qcur; of a backend: those without a server only
    std::optional<std::uint64_t> queue_limit;   ///< qlimit
    std::string check_status;                   ///< "L4CON"; "* L4CON" while a check is under way
    std::string last_check;                     ///< last_chk: "Connection refused"
    std::string last_agent;                     ///< last_agt: "via agent : down (disk full)"

    friend bool operator==(const StatRow&, const StatRow&) = default;
};

using HaproxyStat = std::vector<StatRow>;

/// The answer to "show stat", with the empty line that ends it. An error when it is no such answer
/// ("Permission denied"), is cut off or too long, lacks a column that is needed, has a line with more or
/// fewer fields than the first, or something else where a number should be.
[[nodiscard]] Result<HaproxyStat, Error> parse_haproxy_stat(std::string_view answer);

} // namespace baton::health
