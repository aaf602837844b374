// Knocks at an address again and again from a thread of its own, and notes when there was no answer: for
// batonctl.
//
// A TCP connection that is taken, or (unless a port is named) refused, is an answer: somebody has the
// address. Each try is given up after a tenth of a second and is a connection of its own, so nothing waits
// for a retransmission.
#pragma once

#include "base/address.h"
#include "base/time.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace baton::control {

class AddressProbe {
public:
    struct Target {
        IpAddress address;
        std::string interface;             ///< for a link-local address
        std::optional<std::uint16_t> port; ///< none: whatever answers
    };
    /// What was seen between two calls of seen().
    struct Seen {
        unsigned tries{0};
        unsigned unanswered{0};
        Duration longest_gap{}; ///< from the last answer before an unanswered try to the first one after it
    };

    explicit AddressProbe(Target target) : target_(std::move(target)) {}
    AddressProbe(AddressProbe&&) = delete;
    ~AddressProbe();

    /// One try, at once.
    [[nodiscard]] bool answers() const;

    void start();
    /// What was seen since the last call; begins a new count.
    [[nodiscard]] Seen seen();

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void note(bool answered, Clock::time_point begun, Clock::time_point ended);

    const Target target_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
    std::mutex mutex_; ///< of what follows
    Seen seen_;
    std::optional<Clock::time_point> last_answer_;
    bool in_gap_{false};
};

} // namespace baton::control
