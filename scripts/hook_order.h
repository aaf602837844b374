// Which hook of one instance runs next, and which are not to run any more: newest state wins.
//
// A value: no process, no clock, no text. What is run when, and how it ended, is told to it; it decides.
//
//   1. One job at a time, in the order they came; a job is the hooks of one event, one after the other.
//   2. The newest state wins: a new job supersedes all that came before it. What waited is not run, what runs
//   is
//      to be ended; the new one begins when that is over. A job by hand (somebody tries a hook) waits its
//      turn and supersedes nobody.
//   3. A gate or a release is the way to a state, not one. Whoever asked for it says what state follows: the
//   one
//      it leads to, or again the one it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace baton::scripts {

enum class HookKind : std::uint8_t {
    state,   ///< the instance is in that state now
    gate,    ///< it asks whether it may take over; ends with the first hook that fails
    release, ///< it is about to hand over
    by_hand
};

/// A job as the order sees it.
struct HookTicket {
    std::uint64_t number{0}; ///< each its own; never 0
    HookKind kind{HookKind::state};
    std::size_t hooks{1}; ///< at least one
};

class HookOrder {
public:
    /// What comes of a job that came.
    struct Change {
        std::vector<std::uint64_t> superseded; ///< the one that runs among them; the oldest first
        bool end_running{false};               ///< the hook that runs is to be ended
    };
    struct Next {
        std::uint64_t job{0};
        std::size_t hook{0}; ///< the place in the job
    };
    /// A job that has come to its end by itself.
    struct Finished {
        std::uint64_t job{0};
        bool ok{false}; ///< each of its hooks was well
    };

    [[nodiscard]] Change add(const HookTicket& ticket);

    /// A newer state that has no hooks: as its job would do.
    [[nodiscard]] Change supersede();

    /// What to run now; nothing while a hook runs.
    [[nodiscard]] std::optional<Next> next() const;

    /// The hook that next() told of runs now.
    void started();

    /// It has ended. Tells of its job if that is over with it, and was not superseded.
    std::optional<Finished> ended(bool ok);

    /// Nothing runs, nothing waits.
    [[nodiscard]] bool idle() const { return !running_ && waiting_.empty(); }
    [[nodiscard]] std::size_t waiting() const;

    /// Whether the job may still be run.
    [[nodiscard]] bool knows(std::uint64_t job) const;

private:
    struct Running {
        HookTicket ticket;
        std::size_t hook{0};
        bool in_hook{true};
        bool condemned{false};
        bool ok{true};
    };

    std::deque<HookTicket> waiting_;
    std::optional<Running> running_;
};

} // namespace baton::scripts
