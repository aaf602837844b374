// The Backup's timer by the letter of RFC 9568 sections 6.1 and 6.4.2, written a second time and longhand.
//
// It shares no arithmetic with vrrp/timing.h on purpose: a wrong sign there must show here. What it keeps is
// what started the timer; the deadline is worked out from that each time, with the priority of the moment.
#pragma once

#include "base/time.h"

#include <optional>

namespace baton::sim {

class ReferenceTimer {
public:
    enum class Cause { whole_down_interval, resignation_heard, lowering_heard, woken_after_stall };

    /// Entering Backup from Initialize: the learnt interval is our own.
    void begin(Duration interval, Time now) { start(Cause::whole_down_interval, interval, now); }

    /// Rejoining after a stall: one interval and Skew_Time.
    void rejoin(Duration interval, Time now) { start(Cause::woken_after_stall, interval, now); }

    /// An advert that counts: Active_Adver_Interval is the sender's from now on.
    void heard(Duration interval, Time now) { start(Cause::whole_down_interval, interval, now); }

    /// Priority 0: Skew_Time of the interval learnt before; the interval in that advert is not learnt.
    void resigned(Time now) { start(Cause::resignation_heard, learnt_, now); }

    /// The Active router has lowered itself below us: Skew_Time, if that ends sooner.
    void lowered(int priority, Time now) {
        const auto before = *this;
        start(Cause::lowering_heard, learnt_, now);
        if (before.deadline(priority) <= deadline(priority))
            *this = before;
    }

    /// What was heard to be lowered is not below our new priority.
    void is_not_below() {
        if (cause_ == Cause::lowering_heard)
            cause_ = Cause::whole_down_interval;
    }

    /// Our own interval is another one, and nothing was learnt: all over again, if it runs.
    void restart(Duration interval, Time now) {
        if (running_)
            start(cause_, interval, now);
    }

    void stop() { running_ = false; }

    /// Version 2: Skew_Time is a part of one second, whatever the interval (RFC 3768 section 6.1).
    void skew_is_of(Duration whole) { skewed_ = whole; }

    [[nodiscard]] std::optional<Time> deadline(int priority) const {
        if (!running_)
            return std::nullopt;
        int intervals = 0;
        switch (cause_) {
        case Cause::whole_down_interval:
            intervals = 3;
            break;
        case Cause::resignation_heard:
        case Cause::lowering_heard:
            intervals = 0;
            break;
        case Cause::woken_after_stall:
            intervals = 1;
            break;
        }
        // In 256ths, as the formula is written: 256 for each whole interval, 256 - Priority of skew.
        const auto skewed = skewed_.value_or(learnt_);
        return started_ + (learnt_ * (256 * intervals) + skewed * (256 - priority)) / 256;
    }

    [[nodiscard]] Duration learnt() const { return learnt_; }

private:
    void start(Cause cause, Duration interval, Time now) {
        cause_ = cause;
        learnt_ = interval;
        started_ = now;
        running_ = true;
    }

    bool running_{false};
    Cause cause_{};
    Duration learnt_{};
    std::optional<Duration> skewed_;
    Time started_{};
};

} // namespace baton::sim
