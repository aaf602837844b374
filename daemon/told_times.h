// The time of day of what the status shows: whatever was told of a moment once is told again, also when the
// wall clock has been set meanwhile.
//
// Protocol time is that of the boot clock. What it is as time of day depends on when one looks: the two
// clocks cannot be read at once, and the one of them can be set.
#pragma once

#include "control/report.h"

#include <map>

namespace baton::daemon {

class ToldTimes {
public:
    /// Fills in `moments` of a report that is complete but for that: as told before; else, of an instance's
    /// state, as its transition is dated; else by `boot_to_wall`. Forgets what the report does not show.
    void date(control::Report& report);

private:
    std::map<Time, control::WallTime> told_;
};

} // namespace baton::daemon
