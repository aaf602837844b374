// Does a process live? Found by its pid file, its cgroup or its name.
//
// A run is quick, for it asks the kernel alone. ProcessProber also watches the process that was found, and
// runs again at once when that ends: nothing waits for the interval.
#pragma once

#include "health/probe.h"
#include "health/prober.h"
#include "health/process_watch.h"

namespace baton::health {

/// One of pid_file and cgroup, or neither; then a name.
struct ProcessSettings {
    std::string pid_file{};
    /// With the processes of a systemd unit: "system.slice/postfix.service", below /sys/fs/cgroup; or the
    /// whole path, where the hierarchy is mounted elsewhere.
    std::string cgroup{};
    std::string name{}; ///< as in /proc/PID/comm: of the program's file, of which 15 octets count

    friend bool operator==(const ProcessSettings&, const ProcessSettings&) = default;
};

/// A run begins. With a watch, that watches from then on the process that is found, or nobody; it outlives
/// the probe.
[[nodiscard]] std::unique_ptr<Probe> start_process(boost::asio::io_context& loop,
                                                   const ProcessSettings& settings, Done done,
                                                   ProcessWatch* watch = nullptr);

class ProcessProber : public Prober {
public:
    ProcessProber(boost::asio::io_context& loop, const Rhythm& rhythm, const ProcessSettings& settings,
                  Handler handler);

private:
    ProcessWatch watch_;
};

} // namespace baton::health
