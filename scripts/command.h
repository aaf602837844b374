// A program the operator wants run, and how long it may take.
#pragma once

#include "base/time.h"

#include <string>
#include <vector>

namespace baton::scripts {

/// What to execute. Never through a shell, unless the operator wrote one string instead of a list: then the
/// configuration makes argv {"/bin/sh", "-c", STRING}, and that is all the shell there is.
struct Command {
    std::vector<std::string> argv; ///< argv[0] is an absolute path
    Duration timeout{std::chrono::seconds(1)};

    friend bool operator==(const Command&, const Command&) = default;
};

} // namespace baton::scripts
