// `batonctl drill`: a rehearsed failover and back, with a probe of the address, and a report of what each
// step took.
//
// It is a release and a resume, no more. The release has an end of its own, so that a drill that is broken
// off leaves nothing behind.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace baton::control {

struct DrillCommand {
    std::string socket;
    std::string instance;
    std::string hold;                  ///< how long the other node keeps it: "5s"
    std::optional<std::uint16_t> port; ///< what must answer; none: whatever has the address
    bool json{false};
};

/// The error says what did not go as rehearsed; what went before is printed all the same.
[[nodiscard]] Result<void, Error> drill(const DrillCommand& command, std::ostream& out);

} // namespace baton::control
