// Who takes part in a simulated run: hosts with random priorities, intervals and options, from the dice.
#pragma once

#include "tests/sim/host.h"

namespace baton::sim {

/// Draws the wire and 2 to 5 hosts with 1 or 2 virtual routers each, and puts them on the LAN.
void draw_cast(Lan& lan);

} // namespace baton::sim
