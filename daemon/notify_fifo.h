// keepalived's notify pipe: lines for whoever reads it. Never blocks; what there is no room for is counted.
//
// Opened for reading, too, so that it is there without a reader (fifo(7)). Stays when batond ends: a reader
// goes on with the next one.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace baton::daemon {

class NotifyFifo {
public:
    /// None: everything that is written is nowhere.
    NotifyFifo() = default;

    /// Makes the pipe, mode 0600, where there is nothing. What is no pipe is refused, links too.
    [[nodiscard]] static Result<NotifyFifo, Error> open(const std::string& path);

    /// One line, in one piece. False if it was lost.
    bool write(std::string_view line);

    [[nodiscard]] std::uint64_t lost() const { return lost_; }

private:
    Descriptor fd_;
    std::uint64_t lost_{0};
};

} // namespace baton::daemon
