// How a run of a native check begins, from what the configuration says of it.
#pragma once

#include "config/config.h"
#include "health/probe.h"

#include <boost/asio/io_context.hpp>

namespace baton::daemon {

/// Holds what all runs share, such as the certificates to trust. What cannot be made ready makes each run
/// fail, and says why. Not for programs. `loop` outlives it.
[[nodiscard]] health::StartProbe runner_of(boost::asio::io_context& loop, const config::CheckWork& work);

} // namespace baton::daemon
