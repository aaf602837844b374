// Runs one program of the operator's on the event loop and tells once how it ended.
//
// Never blocks the loop, never uses a shell, never lets anything of the run live on: at the timeout, when the
// program ends, or when the Process is destroyed, all that is left of its process group gets SIGKILL. A
// program that is to leave a daemon behind must give it a session of its own (setsid(2)).
// Expects that nobody else reaps our children: no wait(-1), SIGCHLD not ignored. One loop, one thread.
#pragma once

#include "base/time.h"
#include "scripts/command.h"

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace boost::asio {
class io_context;
}

namespace baton::scripts {

/// How a run ended.
struct Outcome {
    enum class Kind : std::uint8_t {
        exited,      ///< code: the exit status
        signalled,   ///< code: the signal
        timed_out,   ///< killed by us
        not_started, ///< code: the errno that says why
        lost         ///< somebody else reaped it: how it ended is not known
    };
    Kind kind{};
    int code{0};
    std::string output{}; ///< the last of stdout and stderr, at most output_limit octets
    Duration took{};
};

/// More output than this is read and thrown away, the oldest first.
inline constexpr std::size_t output_limit = 4096;

class Process {
public:
    /// Called once, from the loop, never from within the constructor; may destroy the Process. When the run
    /// timed out and the kernel cannot end it (it waits for a dead disk), it is called soon after SIGKILL all
    /// the same.
    using Handler = std::function<void(const Outcome&)>;

    /// Starts at once.
    Process(boost::asio::io_context& loop, const Command& command, Handler handler);
    Process(Process&&) = delete;
    /// Kills what still runs, reaps it (waits at most a second for what the kernel cannot end), calls nobody.
    ~Process();

    /// False as long as there is a process, even one that was killed and reported.
    [[nodiscard]] bool ended() const;

    /// For messages; 0 once it has ended.
    [[nodiscard]] pid_t pid() const;

private:
    class Run;
    std::shared_ptr<Run> run_;
};

} // namespace baton::scripts
