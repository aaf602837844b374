// A LAN in virtual time: hosts, and a wire that delays, loses, doubles and can be cut.
//
// Nothing here sleeps or reads a clock: time jumps to the next frame or timer. At one moment frames come
// before timers, as in the daemon, which reads its sockets dry before it looks at its deadline.
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "tests/sim/agenda.h"
#include "tests/sim/random.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace baton::sim {

class Host;
struct HostSetup;

/// A VRRP message on its way, with what the IP header says.
struct Frame {
    IpAddress source;
    IpAddress destination;
    std::uint8_t hop_limit{255};
    std::vector<std::uint8_t> payload;
};

struct WireSettings {
    Duration min_delay{std::chrono::milliseconds(1)};
    Duration max_delay{std::chrono::milliseconds(1)};
    Duration max_lateness{};        ///< how late a host looks at its timer
    unsigned loss_percent{0};       ///< for each receiver by itself
    unsigned duplicate_percent{0};  ///< a second copy, with a delay of its own
    unsigned reflection_percent{0}; ///< the sender hears itself
};

/// One line of a trace; the text is made only when somebody listens.
using TraceSink = std::function<void(Time, const std::string& host, const std::string& text)>;

class Lan {
public:
    explicit Lan(std::uint64_t seed, TraceSink sink = {});
    ~Lan();

    Host& add(HostSetup setup);
    [[nodiscard]] Host* find(const std::string& name);
    [[nodiscard]] const std::vector<std::unique_ptr<Host>>& hosts() const { return hosts_; }

    [[nodiscard]] Time now() const { return now_; }
    [[nodiscard]] Random& random() { return random_; }
    void at(Time when, std::function<void()> what) { agenda_.at(when, std::move(what)); }
    void run_until(Time end);

    /// To every other host that can hear the sender.
    void transmit(const Host& sender, const Frame& frame);

    /// One direction: `to` no longer hears `from`.
    void cut(const Host& from, const Host& to) { cuts_.insert({&from, &to}); }
    void join(const Host& from, const Host& to) { cuts_.erase({&from, &to}); }
    void join_all() { cuts_.clear(); }

    [[nodiscard]] bool traced() const { return static_cast<bool>(sink_); }
    void say(const std::string& host, const std::string& text) const {
        if (sink_)
            sink_(now_, host, text);
    }

    WireSettings wire;

private:
    void deliver(Host& receiver, const std::shared_ptr<const Frame>& frame);
    void count_step();

    Random random_;
    TraceSink sink_;
    Agenda agenda_;
    Time now_{};
    std::vector<std::unique_ptr<Host>> hosts_;
    std::set<std::pair<const Host*, const Host*>> cuts_;
    Time step_window_{};
    unsigned steps_in_window_{0};
};

} // namespace baton::sim
