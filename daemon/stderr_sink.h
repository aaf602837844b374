// A log sink on stderr that never blocks the loop.
//
// stderr may be a terminal on a slow line, a pipe that nobody reads, or the journal's socket. It is opened
// anew without blocking where that can be done (open(2) of /proc/self/fd/2 gives a description of our own,
// so the flag does not touch whoever shares stderr with us); a socket is written with MSG_DONTWAIT instead.
// What does not go out waits in a queue of bounded size; beyond it the newest lines are dropped and counted.
#pragma once

#include <cstddef>
#include <deque>
#include <spdlog/sinks/base_sink.h>
#include <string>

namespace baton::daemon {

class StderrSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    StderrSink();
    ~StderrSink() override;
    StderrSink(const StderrSink&) = delete;
    StderrSink& operator=(const StderrSink&) = delete;

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override;

private:
    [[nodiscard]] long write_some(const char* data, std::size_t size) const;
    void say_what_was_dropped();

    static constexpr std::size_t most_waiting = 4096; ///< lines

    int descriptor_{-1};
    bool owned_{false}; ///< opened by us, to be closed by us
    bool socket_{false};
    std::deque<std::string> waiting_;
    std::size_t written_of_first_{0}; ///< octets of waiting_.front() already out
    std::size_t dropped_{0};
};

} // namespace baton::daemon
