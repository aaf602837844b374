// How a native check runs, from what the configuration says of it.
#pragma once

#include "config/config.h"
#include "health/file_watch.h"
#include "health/prober.h"
#include "health/process_table.h"
#include "health/trust.h"

#include <boost/asio/io_context.hpp>
#include <memory>

namespace baton::daemon {

/// What a check uses TLS with; nothing: it uses none.
[[nodiscard]] const health::TlsSettings* tls_of(const config::CheckWork& work);

/// Whom a check trusts: nobody where it uses no TLS, or why that cannot be made ready.
using Trusted = Result<health::Trust::Context, Error>;

/// How a run begins. What cannot be made ready makes each run fail, and says why. Reads no file. Not for
/// programs and processes. `loop` outlives it.
[[nodiscard]] health::StartProbe runner_of(boost::asio::io_context& loop, const config::CheckWork& work,
                                           const Trusted& trusted);

/// What checks of the same kind look at together.
struct Watched {
    explicit Watched(boost::asio::io_context& loop) : processes(loop), files(loop) {}

    health::ProcessTable processes;
    health::FileWatches files;
};

/// Begins to run a check, and also whenever its kind notices something by itself: the end of a process, a
/// change of a file. As for health::Prober; not for programs. `loop` and `watched` outlive it.
[[nodiscard]] std::unique_ptr<health::Prober> prober_of(boost::asio::io_context& loop, Watched& watched,
                                                        const config::Check& check, const Trusted& trusted,
                                                        const health::Prober::Handler& handler);

} // namespace baton::daemon
