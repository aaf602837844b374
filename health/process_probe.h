// Does a process live? Found by its pid file, its cgroup or its name.
//
// A run is quick, for it asks the kernel alone. ProcessProber also watches the process that was found, and
// runs again at once when that ends: nothing waits for the interval.
#pragma once

#include "health/probe.h"
#include "health/prober.h"
#include "health/process_table.h"
#include "health/process_watch.h"

namespace baton::health {

/// A run begins. With a watch, that watches from then on the process that is found, or nobody. The table and
/// the watch outlive the probe.
[[nodiscard]] std::unique_ptr<Probe> start_process(boost::asio::io_context& loop, ProcessTable& processes,
                                                   const ProcessCheck& settings, Done done,
                                                   ProcessWatch* watch = nullptr);

class ProcessProber : public Prober {
public:
    /// `processes` outlives it.
    ProcessProber(boost::asio::io_context& loop, ProcessTable& processes, const Rhythm& rhythm,
                  const ProcessCheck& settings, Handler handler);

private:
    ProcessWatch watch_;
};

} // namespace baton::health
