// batond's command line.
#pragma once

#include "daemon/logging.h"

#include <optional>
#include <string>

namespace baton::daemon {

/// The exit statuses, as documented in --help.
enum ExitStatus : int { stopped_cleanly = 0, failed = 1, usage = 2, bad_configuration = 78 };

struct Options {
    std::string config{"/etc/baton/baton.json"};
    std::string runtime_dir{"/run/baton"};
    bool check{false}; ///< only say whether the configuration is good
    LogLevel log_level{LogLevel::info};
    LogFormat log_format{LogFormat::text};
};

/// The options, or the exit status after --help, --version or a mistake (already told to the user).
struct ParsedOptions {
    std::optional<Options> options;
    int exit_status{stopped_cleanly};
};

[[nodiscard]] ParsedOptions parse_options(int argc, const char* const* argv);

} // namespace baton::daemon
