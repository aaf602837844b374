// One timer on the boot clock (timerfd_create(2)): the one that Node::deadline() arms.
//
// Asio's own timers run on CLOCK_MONOTONIC, which stands still during suspend.
#pragma once

#include "base/time.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>

namespace baton::daemon {

class DeadlineTimer {
public:
    /// `on_due` is called from the loop each time a set deadline has passed. Throws std::system_error when
    /// the kernel has no timer for us (at start only).
    DeadlineTimer(boost::asio::io_context& io, std::function<void()> on_due);

    /// Replaces the deadline; nothing stops the timer. A deadline in the past is due at once.
    void set(std::optional<Time> deadline);

    /// Calls `on_due` now if the deadline has passed and the loop has not come to it.
    void catch_up(Time now);

private:
    void wait();

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> on_due_;
    std::optional<Time> armed_;
};

} // namespace baton::daemon
