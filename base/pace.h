// How far apart the runs of a check are. The dice are the caller's.
#pragma once

#include "base/time.h"

namespace baton {

/// From the start of a run to the start of the next: within the jitter, and never below 0. `chance`, 0 to 1,
/// says where.
[[nodiscard]] Duration pause_of(Duration interval, Duration jitter, double chance);

/// From the start of the first run to that of the second: a part of the interval. Checks that begin together,
/// as all do when batond starts, so part at once: all at the same moment, they would keep others waiting for
/// the loop, each time anew. `chance` as above.
[[nodiscard]] Duration first_pause_of(Duration interval, double chance);

} // namespace baton
