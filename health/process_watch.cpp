#include "health/process_watch.h"

#include <utility>

namespace baton::health {

void ProcessWatch::watch(Process process) {
    stop();
    process_ = std::move(process);
    had_somebody_ = true;
    boost::system::error_code failed; // then it is not noticed at once, but by the next run
    wait_.assign(process_->pidfd.get(), failed);
    if (failed)
        return;
    wait_.async_wait(wait_.wait_read,
                     [this, number = *turn_, turn = std::weak_ptr(turn_)](const auto& cancelled) {
                         const auto now = turn.lock();
                         if (cancelled || !now || *now != number)
                             return;
                         stop();
                         ended_();
                     });
}

void ProcessWatch::forget() {
    stop();
    had_somebody_ = false;
}

void ProcessWatch::stop() {
    ++*turn_;
    if (wait_.is_open())
        (void)wait_.release();
    process_.reset();
}

const Process* ProcessWatch::living() const { return process_ && is_alive(*process_) ? &*process_ : nullptr; }

} // namespace baton::health
