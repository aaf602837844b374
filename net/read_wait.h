// A socket that is read when something is waiting: owns the descriptor, and calls back on the executor.
//
// What is read, and how, is its owner's business. Linux: poll(2).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

namespace baton::net {

class ReadWait {
public:
    /// Takes the descriptor over.
    ReadWait(const boost::asio::any_io_executor& executor, int fd) : socket_(executor, fd) {}

    /// Calls `on_readable` while something is waiting: read all of it from there. It may destroy this.
    void start(std::function<void()> on_readable) {
        on_readable_ = std::move(on_readable);
        wait();
    }

    [[nodiscard]] int fd() { return socket_.native_handle(); }

private:
    void wait() {
        socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                           [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
                               // The only error a wait can have: it was cancelled.
                               if (error || alive.expired())
                                   return;
                               const auto on_readable = on_readable_; // outlives us, if need be
                               on_readable();
                               if (!alive.expired())
                                   wait();
                           });
    }

    boost::asio::posix::stream_descriptor socket_;
    std::function<void()> on_readable_;
    std::shared_ptr<const bool> alive_{std::make_shared<const bool>(true)}; ///< for waits that outlive us
};

} // namespace baton::net
