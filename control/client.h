// Asks the daemon one thing over its Unix socket and waits for the answer: for batonctl, not for the daemon.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "control/status.h"

#include <nlohmann/json.hpp>

#include <string>

namespace baton::control {

inline constexpr Duration answer_timeout = std::chrono::seconds(5);

/// GET `target`. The error is what the daemon refused with, or why it could not be asked and what to do.
[[nodiscard]] Result<Json, Error> get(const std::string& socket_path, const std::string& target,
                                      Duration timeout = answer_timeout);

/// Longer than a configuration takes to be read.
inline constexpr Duration reload_timeout = std::chrono::seconds(30);

struct Reply {
    unsigned status{200};
    Json body; ///< an object
};

/// POST `target` without a body. What the daemon refuses is a reply too; the error is why it could not be
/// asked.
[[nodiscard]] Result<Reply, Error> post(const std::string& socket_path, const std::string& target,
                                        Duration timeout = reload_timeout);

/// A name as one segment of a target (RFC 3986 section 2.1).
[[nodiscard]] std::string percent_encoded(const std::string& name);

} // namespace baton::control
