// When to tell the link again who has the addresses: at once, after each of the configured delays, and then
// at the refresh interval, if there is one.
//
// One gratuitous ARP can be lost, or come while a switch still blocks the port; the repeats are deadlines of
// the core, so they are tested in virtual time and end the moment the router is no longer Active.
#pragma once

#include "base/time.h"
#include "vrrp/settings.h"

#include <optional>

namespace baton::vrrp {

class Announcement {
public:
    /// `settings` must outlive this.
    explicit Announcement(const AnnounceSettings& settings) : settings_(settings) {}

    /// Repeats follow the announcement that the caller makes now. A volley under way begins anew.
    void start(Time now) {
        running_ = true;
        started_ = now;
        last_ = now;
        next_ = 0;
    }

    void cancel() { running_ = false; }

    [[nodiscard]] std::optional<Time> deadline() const {
        if (!running_)
            return std::nullopt;
        if (next_ < settings_.repeats.size())
            return started_ + settings_.repeats[next_];
        if (settings_.refresh > Duration::zero())
            return last_ + settings_.refresh;
        return std::nullopt;
    }

    /// True when a repeat is due: announce once, however many were missed.
    [[nodiscard]] bool take_due(Time now) {
        const auto due = deadline();
        if (!due || now < *due)
            return false;
        while (next_ < settings_.repeats.size() && started_ + settings_.repeats[next_] <= now)
            ++next_;
        last_ = now;
        return true;
    }

private:
    const AnnounceSettings& settings_;
    bool running_{false};
    Time started_{};
    Time last_{};
    std::size_t next_{0};
};

} // namespace baton::vrrp
