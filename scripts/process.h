// Runs one program of the operator's on the event loop and tells once how it ended.
//
// Never blocks the loop, never uses a shell, never lets anything of the run live on: at the timeout (after
// SIGTERM, if the command has a grace period), when the program ends, or when the Process is destroyed, all
// that is left of its process group gets SIGKILL. A program that is to leave a daemon behind must give it a
// session of its own (setsid(2)). Expects that nobody else reaps our children: no wait(-1), SIGCHLD not
// ignored. One loop, one thread.
#pragma once

#include "base/time.h"
#include "scripts/command.h"
#include "scripts/spawn.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
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
        not_started, ///< code: why, see `step`
        lost         ///< somebody else reaped it: how it ended is not known
    };
    Kind kind{};
    int code{0};
    std::string output{}; ///< the last of stdout and stderr, at most Command::output_kept octets
    Duration took{};
    SpawnFailure::Step step{
        SpawnFailure::Step::execute}; ///< what could not be done, of one that is not_started
};

/// In words: "exit status 1", "timed out after 1.5s". `timeout` is the one it had.
[[nodiscard]] std::string describe(const Outcome& outcome, Duration timeout);

/// The last line of an output that says anything, fit for a terminal and cut to a line's length; or nothing.
[[nodiscard]] std::string last_words(std::string_view output);

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

    /// Asks the program to end: SIGTERM to its group, and SIGKILL after the command's grace period. The
    /// handler is told how it ended, as always. A second time does nothing.
    void end();

    /// False as long as there is a process, even one that was killed and reported.
    [[nodiscard]] bool ended() const;

    /// For messages; 0 once it has ended.
    [[nodiscard]] pid_t pid() const;

private:
    class Run;
    std::shared_ptr<Run> run_;
};

} // namespace baton::scripts
