// `batonctl release` and `batonctl resume`: asks, waits until all has come to its end, and tells.
#pragma once

#include "base/result.h"

#include <iosfwd>
#include <string>

namespace baton::control {

struct ReleaseCommand {
    std::string socket;
    std::string instance; ///< empty: all
    std::string duration; ///< "10m"; empty: until it is resumed
    bool force{false};
    bool json{false};
};

/// The error says what was not released; what was is printed all the same.
[[nodiscard]] Result<void, Error> release_instances(const ReleaseCommand& command, std::ostream& out);

[[nodiscard]] Result<void, Error> resume_instances(const ReleaseCommand& command, std::ostream& out);

} // namespace baton::control
