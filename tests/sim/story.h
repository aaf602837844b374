// One random life of a LAN from a seed: hosts are drawn up, things go wrong for a while, all is mended, and
// then the election must settle. Throws a Violation when a promise does not hold.
#pragma once

#include "tests/sim/host.h"

#include <cstdint>

namespace baton::sim {

struct StoryResult {
    std::uint64_t takeovers{0};
    Duration virtual_time{};
};

/// Runs the story of this seed; a trace of it goes to `sink`, if any.
[[nodiscard]] StoryResult run_story(std::uint64_t seed, TraceSink sink = {});

} // namespace baton::sim
