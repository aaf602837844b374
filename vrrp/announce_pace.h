// Spreads announcements over time, so that a switch is not flooded when many addresses move at once.
//
// Each interface may send so many frames a second, and a tenth of a second's worth at one go; what is beyond
// waits in line, oldest first. When an instance is to be announced again before all of it has been, the rest
// comes first, and then those that were announced already once more: none is left out.
#pragma once

#include "base/time.h"
#include "vrrp/effect.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace baton::vrrp {

class AnnouncePace {
public:
    /// `rate` is in frames a second and interface; 0: no limit.
    explicit AnnouncePace(unsigned rate) : rate_(rate) {}

    /// Cuts the announcements among the effects down to what may be sent now; the rest waits.
    void limit(Effects& effects, Time now);

    /// Appends what waited and may be sent now. What `is_active` says no to is dropped.
    void release(const std::function<bool(InstanceId)>& is_active, Time now, Effects& out);

    /// Drops what waits of this instance; true when there was something.
    bool forget(InstanceId instance);

    /// True when it is another one; then what waits must be forgotten and asked for again.
    [[nodiscard]] bool set_rate(unsigned rate) { return std::exchange(rate_, rate) != rate; }

    /// When more may be sent.
    [[nodiscard]] std::optional<Time> deadline() const;

private:
    /// Of one interface. `paid_until` is when all that was sent so far would have been sent at `rate_`.
    struct Line {
        struct Waiting {
            Announce rest;
            std::span<const Prefix> all; ///< of the announcement it is the rest of
            bool again{false};           ///< asked for anew meanwhile
        };
        Time paid_until{Time::min()};
        std::deque<Waiting> waiting;
    };

    /// How many addresses of it may be announced now; their frames are paid for.
    [[nodiscard]] std::size_t pay(Line& line, const Announce& announce, Time now) const;
    /// Sends the first part now if nobody stands in line, and lines up the rest. False when nothing is sent.
    [[nodiscard]] bool admit(Announce& announce, Time now);
    /// Of one address: requests and replies are two frames.
    [[nodiscard]] Duration price(const Announce& announce) const {
        return Duration(std::chrono::seconds(1)) * (announce.form == AnnounceForm::both ? 2 : 1) / rate_;
    }

    unsigned rate_;
    std::map<IfIndex, Line> lines_;
};

} // namespace baton::vrrp
