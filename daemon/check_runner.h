// How a native check runs, from what the configuration says of it.
#pragma once

#include "config/config.h"
#include "health/prober.h"

#include <boost/asio/io_context.hpp>
#include <memory>

namespace baton::daemon {

/// How a run begins. Holds what all runs share, such as the certificates to trust, which it reads. What
/// cannot be made ready makes each run fail, and says why. Not for programs. `loop` outlives it.
[[nodiscard]] health::StartProbe runner_of(boost::asio::io_context& loop, const config::CheckWork& work);

/// The file of certificates that runner_of() reads for it; empty: none, or the system's.
[[nodiscard]] std::string ca_file_of(const config::CheckWork& work);

/// Begins to run a check, and also whenever its kind notices something by itself: the end of a process, a
/// change of a file. As for health::Prober; not for programs.
[[nodiscard]] std::unique_ptr<health::Prober>
prober_of(boost::asio::io_context& loop, const config::Check& check, const health::Prober::Handler& handler);

} // namespace baton::daemon
