// When to tell the link again who has the addresses: at once, and after 100 ms, 1 s and 5 s.
//
// One gratuitous ARP can be lost, or come while a switch still blocks the port; the repeats are deadlines of
// the core, so they are tested in virtual time and end the moment the router is no longer Active.
#pragma once

#include "base/time.h"

#include <array>
#include <optional>

namespace baton::vrrp {

class Announcement {
public:
    /// Repeats follow the announcement that the caller makes now. A volley under way begins anew.
    void start(Time now) {
        started_ = now;
        next_ = 0;
    }

    void cancel() { next_ = repeats.size(); }

    [[nodiscard]] std::optional<Time> deadline() const {
        return next_ < repeats.size() ? std::optional(started_ + repeats[next_]) : std::nullopt;
    }

    /// True when a repeat is due: announce once, however many were missed.
    [[nodiscard]] bool take_due(Time now) {
        bool due = false;
        for (; next_ < repeats.size() && started_ + repeats[next_] <= now; ++next_)
            due = true;
        return due;
    }

private:
    static constexpr std::array<Duration, 3> repeats{std::chrono::milliseconds(100), std::chrono::seconds(1),
                                                     std::chrono::seconds(5)};

    Time started_{};
    std::size_t next_{repeats.size()};
};

} // namespace baton::vrrp
