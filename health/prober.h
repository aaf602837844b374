// Runs one check again and again, and says each time what it found.
//
// Owns what all kinds of checks have in common: interval, jitter and timeout. Fails closed: a run that is not
// done in time is a bad result. Never two runs at once. Raw results only: rise, fall and weights are the
// core's.
#pragma once

#include "base/pace.h"
#include "base/verdict.h"
#include "health/probe.h"
#include "health/settings.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <utility>

namespace baton::health {

inline constexpr Duration least_pause = std::chrono::milliseconds(10);

class Prober {
public:
    using Handler = std::function<void(const Verdict&)>;

    /// Runs at once; again after a part of the interval, and then each interval, or at once after a run that
    /// took longer. `handler` is called from the loop and must not destroy this. Destroying it ends the run
    /// under way.
    Prober(boost::asio::io_context& loop, const Rhythm& rhythm, StartProbe start, Handler handler);
    Prober(Prober&&) = delete;
    virtual ~Prober() = default;

    /// Something has happened: runs from the loop at once, or again right after the run under way, and the
    /// interval begins anew. Calls that come together make one run, and no run begins within least_pause of
    /// the one before, so that whoever makes things happen all the time does not keep the loop to itself.
    void run_now();

    /// From the next run on, each begins like this. The one under way, if there is one, and the rhythm go on.
    void renew(StartProbe start) { renewed_ = std::move(start); }

private:
    using Clock = std::chrono::steady_clock;

    void run_later();
    void run();
    void limit(Clock::time_point end, unsigned number, bool extended);
    [[nodiscard]] static bool is_on(const std::weak_ptr<unsigned>& alive, unsigned number);
    void finish(const Finding& finding);

    Rhythm rhythm_;
    StartProbe start_;
    StartProbe renewed_; ///< instead of start_, when no run needs what that holds
    Handler handler_;
    boost::asio::steady_timer next_;
    boost::asio::steady_timer limit_;
    std::unique_ptr<Probe> probe_;
    Clock::time_point started_;
    bool waiting_{false}; ///< no run is under way, and next_ will begin one
    std::minstd_rand dice_{std::random_device{}()};
    /// A call may already be on its way when this is destroyed, or for a run that is over.
    std::shared_ptr<unsigned> run_{std::make_shared<unsigned>(0)};
};

} // namespace baton::health
