// Tells at once when a process has ended, by its pidfd (pidfd_open(2)).
//
// Watches one process, which may be any: it need not be our child. Does not touch it.
#pragma once

#include "health/process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace baton::health {

class ProcessWatch {
public:
    /// `ended` is called from the loop, once for each process that is watched; it may call watch(), and must
    /// not destroy this.
    ProcessWatch(boost::asio::io_context& loop, std::function<void()> ended)
        : ended_(std::move(ended)), wait_(loop) {}
    ProcessWatch(ProcessWatch&&) = delete;
    ~ProcessWatch() { stop(); }

    /// Instead of the one before.
    void watch(Process process);

    /// Watches nobody, and has never watched anybody.
    void forget();

    /// Nobody when nobody is watched, or when it has ended.
    [[nodiscard]] const Process* living() const;

    /// Also when it has ended, until forget().
    [[nodiscard]] bool had_somebody() const { return had_somebody_; }

private:
    void stop();

    std::function<void()> ended_;
    std::optional<Process> process_;
    boost::asio::posix::stream_descriptor wait_; ///< on the process's pidfd, owns nothing
    bool had_somebody_{false};
    /// A call may already be on its way for a process that is watched no more, or after this is gone.
    std::shared_ptr<unsigned> turn_{std::make_shared<unsigned>(0)};
};

} // namespace baton::health
