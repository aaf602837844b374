// Runs the hooks of one instance, or of one sync group: one at a time, in order, newest state wins.
//
// What is run when is decided in hook_order.h; here it is done. A hook that is superseded, or takes too long,
// is asked to end (SIGTERM), then killed, and the next begins when it has ended: never two at once. How the
// last ones ended is kept. Never blocks the loop, and starts nothing from within a call.
#pragma once

#include "base/time.h"
#include "scripts/hook_order.h"
#include "scripts/process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baton::scripts {

/// One run of one hook, also one that is under way, or that never came to run.
struct HookRun {
    enum class State : std::uint8_t {
        running,
        ok,        ///< exit status 0
        failed,    ///< anything else
        superseded ///< ended, or not begun, because of something newer
    };
    std::uint64_t number{0}; ///< grows with each run of this queue
    std::string event;       ///< "active"
    std::uint64_t transition{0};
    bool by_hand{false};
    bool begun{true}; ///< false: superseded before it was run
    std::vector<std::string> argv;
    std::chrono::system_clock::time_point at; ///< when it began, or was given up
    State state{State::running};
    std::string detail; ///< "exit status 1", "timed out after 10s"
    int status{-1};     ///< the exit status; -1 if there is none
    std::string output; ///< the last of it
    Duration took{};
};

[[nodiscard]] constexpr const char* to_string(HookRun::State state) {
    switch (state) {
    case HookRun::State::running:
        return "running";
    case HookRun::State::ok:
        return "ok";
    case HookRun::State::failed:
        return "failed";
    case HookRun::State::superseded:
        return "superseded";
    }
    return "";
}

/// How a job ended.
struct HookEnd {
    bool ok{false};
    bool superseded{false};
    std::string why;           ///< of the first hook that was not well: "/usr/bin/x: exit status 1"
    std::vector<HookRun> runs; ///< of its hooks, with all of the output that was kept
};

/// The hooks of one event.
struct HookJob {
    HookKind kind{HookKind::state};
    std::string event;
    std::uint64_t transition{0};
    std::vector<Command> hooks; ///< at least one
    /// Called once, from the loop, when it has ended, or at once when it was superseded before it began.
    std::function<void(const HookEnd&)> done{};
};

struct HookListener {
    std::function<void(const HookRun&)> started;
    std::function<void(const HookRun&)> ended; ///< also of those that did not begin
};

class HookQueue {
public:
    /// Calls what it is given once, later, from the loop: a fork takes some tenths of a millisecond, and many
    /// at once would hold up adverts.
    using Turn = std::function<void(std::function<void()>)>;

    HookQueue(boost::asio::io_context& loop, Turn turn, HookListener listener);
    HookQueue(HookQueue&&) = delete;
    /// Kills what runs (see Process) and calls nobody for it. Whose end is on its way to be told is told of
    /// it.
    ~HookQueue() = default;

    void add(HookJob job);

    /// A newer state for which there is nothing to run: what came before is not to run any more all the same.
    void supersede(const std::string& event);

    [[nodiscard]] bool idle() const { return order_.idle(); }
    [[nodiscard]] std::size_t waiting() const { return order_.waiting(); }

    /// The last ones, oldest first; one that is running is the last.
    [[nodiscard]] std::vector<HookRun> runs() const;

private:
    void kick();
    void kick_later(std::chrono::milliseconds pause);
    [[nodiscard]] bool remnants() const;
    void start_next();
    void on_end(const Outcome& outcome);
    void finish_run(const Outcome& outcome);
    void apply(const HookOrder::Change& change, const std::string& because);
    void give_up(std::uint64_t number, const std::string& because);
    /// What has not run of a job that is superseded.
    void leave_out_rest(const HookJob& job, const std::string& because, HookEnd& end);
    void tell_later(HookJob& job, HookEnd end);
    void keep(HookRun run);
    void forget();
    [[nodiscard]] HookRun run_of(const HookJob& job, std::size_t hook);

    struct Current {
        std::uint64_t job{0};
        HookRun run;
        Duration timeout{};
        std::string superseded_by; ///< empty: nobody
    };

    boost::asio::io_context& loop_;
    Turn turn_;
    HookListener listener_;
    HookOrder order_;
    std::map<std::uint64_t, HookJob> jobs_; ///< that order_ knows
    std::map<std::uint64_t, HookEnd> ends_; ///< of jobs that have begun
    std::deque<HookRun> last_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<Current> current_;
    pid_t group_{0}; ///< of the last one
    std::chrono::steady_clock::time_point ended_;
    boost::asio::steady_timer again_;
    std::uint64_t jobs_so_far_{0};
    std::uint64_t runs_so_far_{0};
    bool asked_{false};
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)}; ///< calls may be on their way
};

/// How many runs are kept.
inline constexpr std::size_t runs_kept = 10;

} // namespace baton::scripts
