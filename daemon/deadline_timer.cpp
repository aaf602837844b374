#include "daemon/deadline_timer.h"

#include <cerrno>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>

namespace baton::daemon {
namespace {

int open_timer() {
    const int timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0)
        throw std::system_error(errno, std::generic_category(), "timerfd_create");
    return timer;
}

} // namespace

DeadlineTimer::DeadlineTimer(boost::asio::io_context& io, std::function<void()> on_due)
    : timer_(io, open_timer()), on_due_(std::move(on_due)) {
    wait();
}

void DeadlineTimer::set(std::optional<Time> deadline) {
    if (deadline == armed_)
        return;
    armed_ = deadline;
    itimerspec when{}; // all zero stops the timer
    if (deadline) {
        // A zero time would stop it instead; no deadline is that early in the life of a machine.
        const auto since_boot = std::max<Duration>(deadline->time_since_epoch(), Duration{1});
        when.it_value.tv_sec = since_boot.count() / 1'000'000'000;
        when.it_value.tv_nsec = since_boot.count() % 1'000'000'000;
    }
    timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
}

// The kernel's timer may have expired too: whoever sets no other deadline is called once more, for nothing.
void DeadlineTimer::catch_up(Time now) {
    if (!armed_ || *armed_ > now)
        return;
    armed_.reset();
    on_due_();
}

void DeadlineTimer::wait() {
    timer_.async_wait(
        boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
            if (error)
                return; // the loop ends
            std::uint64_t expirations = 0;
            // Nothing to read means that the deadline was moved after the loop saw it.
            if (::read(timer_.native_handle(), &expirations, sizeof expirations) == sizeof expirations) {
                armed_.reset();
                on_due_();
            }
            wait();
        });
}

} // namespace baton::daemon
