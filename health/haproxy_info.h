// What HAProxy answers to "show info", as a value: the process as a whole.
//
// Lines are found by their names; unknown ones are passed over. Pure. Judges nothing (haproxy_judge.h).
// HAProxy Management Guide, "Unix Socket commands", show info.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace baton::health {

struct HaproxyInfo {
    std::string version;                         ///< Version: "2.6.12-1+deb12u4"
    bool stopping{false};                        ///< Stopping: a soft stop, or a reload's old process
    std::uint64_t connections{0};                ///< CurrConns
    std::uint64_t connection_limit{0};           ///< Maxconn; 0: not limited
    std::optional<std::uint64_t> process;        ///< Process_num, where it is told
    std::optional<std::uint64_t> uptime_seconds; ///< Uptime_sec

    friend bool operator==(const HaproxyInfo&, const HaproxyInfo&) = default;
};

/// The answer to "show info", with the empty line that ends it. An error when it is no such answer
/// ("Permission denied"), is cut off, does not tell Stopping, CurrConns and Maxconn, or tells one that is no
/// number.
[[nodiscard]] Result<HaproxyInfo, Error> parse_haproxy_info(std::string_view answer);

} // namespace baton::health
