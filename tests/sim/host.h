// One host of the simulated LAN: a kernel, a socket buffer, and a daemon around one vrrp::Node.
//
// It does what the real daemon does, in its order: decode, handle, perform each effect, feed failures back
// before anything else (effect.h). A stalled host hears nothing until it wakes; then it empties its queues
// before it looks at the timer. Every step is shown to a Watch, which knows what must always be true.
#pragma once

#include "tests/sim/kernel.h"
#include "tests/sim/lan.h"
#include "tests/sim/watch.h"
#include "vrrp/node.h"

#include <deque>
#include <map>
#include <memory>
#include <variant>

namespace baton::sim {

/// What becomes of the gates of a host.
struct Gates {
    bool by_hand{false}; ///< somebody calls Host::finish_gate
    Duration longest{};  ///< else they take up to that,
    unsigned failing{0}; ///< and so many of a hundred fail
};

struct HostSetup {
    std::string name;
    vrrp::Settings settings;
    std::vector<Interface> interfaces; ///< adverts go over the first
    Gates gates{};
};

class Host {
public:
    Host(Lan& lan, HostSetup setup);

    [[nodiscard]] const std::string& name() const { return setup_.name; }
    [[nodiscard]] const vrrp::Settings& settings() const { return setup_.settings; }
    [[nodiscard]] Kernel& kernel() { return kernel_; }
    [[nodiscard]] const Kernel& kernel() const { return kernel_; }

    /// The process: boot starts it (again), stop asks it to end, crash ends it without a word.
    void boot();
    void stop();
    void crash();
    /// Other settings for the instances it has, of a kind that they can go on with.
    void reconfigure(vrrp::Settings settings);
    [[nodiscard]] bool running() const { return node_.has_value(); }
    [[nodiscard]] const vrrp::Node& node() const { return *node_; }
    [[nodiscard]] const Watch& watch() const { return *watch_; }
    [[nodiscard]] std::uint64_t takeovers() const { return takeovers_; }

    /// By hand: hand over and stand aside; take part again.
    void release(std::optional<Duration> duration, bool force);
    void take_part_again();

    /// The gate of an instance, if it runs, comes to its end.
    void finish_gate(vrrp::InstanceId instance, bool ok);
    /// From now on they do not fail.
    void mend_gates() { setup_.gates.failing = 0; }
    [[nodiscard]] const Gates& gates() const { return setup_.gates; }

    /// The process gets no processor for a time.
    void stall(Duration duration);
    void resume();
    [[nodiscard]] bool stalled() const { return stalled_; }

    void receive(const Frame& frame);
    /// On the interface that adverts go over.
    [[nodiscard]] bool has_address(const IpAddress& address) const;
    void probe(vrrp::CheckId check, bool ok);
    void set_link(const std::string& interface, bool up);
    void remove_address(const IpAddress& address);
    /// The kernel's whole table is told again, as after an overrun of the monitor.
    void tell_addresses();
    /// The same, as after a look at the tables as a whole.
    void tell_tables_read();

    /// When the timer will be looked at; nothing while stalled or not running.
    [[nodiscard]] std::optional<Time> wake_at() const { return stalled_ ? std::nullopt : wake_at_; }
    void wake();

private:
    using Input =
        std::variant<Frame, vrrp::LinkChanged, vrrp::AddressesChanged, vrrp::Probed, vrrp::Commanded,
                     vrrp::Reconfigured, vrrp::ReleaseAsked, vrrp::ResumeAsked, vrrp::HookFinished>;

    void accept(Input input);
    void take(const Input& input);
    void take_frame(const Frame& frame);
    void handle(const vrrp::Event& event);
    void perform(const vrrp::Effects& effects);
    [[nodiscard]] std::optional<vrrp::EffectFailed> perform_one(const vrrp::Effect& effect);
    [[nodiscard]] std::optional<std::string> send(const vrrp::SendAdvert& effect);
    void run_gate(vrrp::InstanceId instance);
    void notify(const Interface& interface);
    void end_process();
    void arm();
    [[nodiscard]] Duration lease() const;

    Lan& lan_;
    HostSetup setup_;
    Kernel kernel_;
    std::optional<vrrp::Node> node_;
    std::optional<Watch> watch_;
    std::deque<vrrp::EffectFailed> failures_;
    std::deque<Input> queue_;
    /// By interface: what the monitor was last given to tell, and when.
    std::map<IfIndex, std::optional<std::pair<Time, std::shared_ptr<vrrp::AddressesChanged>>>> news_;
    std::map<std::uint32_t, std::uint64_t> gates_run_; ///< by instance: the one that runs, if one does
    std::uint64_t gates_so_far_{0};
    std::size_t queued_frames_{0};
    std::size_t untold_changes_{0}; ///< of addresses, on their way through the monitor
    bool stalled_{false};
    std::uint64_t process_{0}; ///< how many were started: what was meant for an earlier one is void
    std::uint64_t life_{0};    ///< of a process between stalls: a lease runs out only in the one it began in
    std::uint64_t takeovers_{0};
    std::optional<Time> deadline_;
    std::optional<Time> wake_at_;
};

} // namespace baton::sim
