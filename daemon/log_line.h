// One line of the log, for those that write the sentences: logging.cpp and logging_hooks.cpp.
#pragma once

#include "daemon/logging.h"

#include <nlohmann/json.hpp>
#include <string>

namespace baton::daemon {

/// One line, in both of its forms: `message` for people; event and fields for programs.
struct Log::Line {
    LogLevel level;
    const char* event;
    std::string instance; ///< empty when it is about the whole daemon
    std::string message;
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();
};

} // namespace baton::daemon
