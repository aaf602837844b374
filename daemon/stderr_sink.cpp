#include "daemon/stderr_sink.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace baton::daemon {

StderrSink::StderrSink() {
    struct stat status {};
    const bool known = fstat(STDERR_FILENO, &status) == 0;
    socket_ = known && S_ISSOCK(status.st_mode);
    // A plain file keeps its description: its offset is shared with whoever else writes there.
    if (!socket_ && !(known && S_ISREG(status.st_mode)))
        descriptor_ = open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    owned_ = descriptor_ >= 0;
    if (!owned_)
        descriptor_ = STDERR_FILENO;
}

StderrSink::~StderrSink() {
    StderrSink::flush_();
    if (owned_)
        close(descriptor_);
}

void StderrSink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    if (waiting_.size() >= most_waiting)
        ++dropped_;
    else
        waiting_.emplace_back(formatted.data(), formatted.size());
    flush_();
}

void StderrSink::flush_() {
    while (!waiting_.empty()) {
        const auto& line = waiting_.front();
        const auto written = write_some(line.data() + written_of_first_, line.size() - written_of_first_);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (written >= 0)
            written_of_first_ += static_cast<std::size_t>(written);
        // On any other error (the reader is gone) there is nobody to tell: the line is given up.
        if (written < 0 || written_of_first_ == line.size()) {
            waiting_.pop_front();
            written_of_first_ = 0;
        }
        if (waiting_.empty() && dropped_ > 0)
            say_what_was_dropped();
    }
}

long StderrSink::write_some(const char* data, std::size_t size) const {
    if (socket_)
        return send(descriptor_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(descriptor_, data, size);
}

void StderrSink::say_what_was_dropped() {
    const auto text = "batond: stderr was not read for a while; " + std::to_string(dropped_) +
                      " log lines are missing here\n";
    dropped_ = 0;
    waiting_.push_back(text);
}

} // namespace baton::daemon
