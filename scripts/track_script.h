// Runs one check again and again and says each time whether all was well.
//
// Raw results only: counting (rise, fall) and weights are the core's. Fails closed: everything but exit
// status 0 is a failed result. Never two runs at once.
#pragma once

#include "base/pace.h"
#include "base/time.h"
#include "base/verdict.h"
#include "scripts/command.h"
#include "scripts/process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace baton::scripts {

/// What a run's end means. `timeout` is the one it had, for the words "timed out after 1s".
[[nodiscard]] Verdict judge(const Outcome& outcome, Duration timeout);

class TrackScript {
public:
    using Handler = std::function<void(const Verdict&)>;

    /// Runs at once, again after a part of `interval`, and then every `interval`, counted from start to start
    /// and longer or shorter by up to `jitter`; a run that takes longer than that is followed by the next
    /// right after it. `handler` is called from the loop and must not destroy this. Destroying it ends the
    /// run under way, see Process.
    TrackScript(boost::asio::io_context& loop, Command command, Duration interval, Duration jitter,
                Handler handler);
    TrackScript(TrackScript&&) = delete;

private:
    void run();
    void run_later();

    boost::asio::io_context& loop_;
    Command command_;
    Duration interval_;
    Duration jitter_;
    std::minstd_rand dice_{std::random_device{}()};
    bool first_{true};
    Handler handler_;
    boost::asio::steady_timer next_;
    std::unique_ptr<Process> process_;
    /// An expired timer's call may already be on its way when this is destroyed.
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
};

} // namespace baton::scripts
