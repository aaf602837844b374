// batond's middle: turns what the edges see into events, feeds the Node, and has its effects performed.
//
// feed() is the only place where the protocol meets the world. Everything here runs on one thread.
#pragma once

#include "config/config.h"
#include "config/difference.h"
#include "config/problem.h"
#include "control/server.h"
#include "daemon/advert_sockets.h"
#include "daemon/checks.h"
#include "daemon/claim_sockets.h"
#include "daemon/deadline_timer.h"
#include "daemon/executor.h"
#include "daemon/hooks.h"
#include "daemon/journal.h"
#include "daemon/kernel_edges.h"
#include "daemon/kernel_parts.h"
#include "daemon/logging.h"
#include "daemon/releases.h"
#include "daemon/signatures.h"
#include "daemon/told_times.h"
#include "daemon/virtual_macs.h"
#include "netlink/monitor.h"
#include "vrrp/node.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baton::daemon {

/// Reads the configuration anew, with all checks of a start.
using LoadConfig = std::function<Result<config::Config, config::Errors>()>;

/// What may fail to be there, before anything begins.
struct Opened {
    KernelParts kernel;
    Signatures signatures;
};

class Daemon {
public:
    /// `trust` and `log` outlive it.
    Daemon(boost::asio::io_context& io, config::Config config, LoadConfig load, health::Trust& trust,
           Opened opened, Log& log);
    Daemon(Daemon&&) = delete;
    ~Daemon(); ///< Whatever ended the loop, no address of ours stays behind.

    /// Sweeps left-overs, opens sockets, answers at `control_path`, and takes part. An error leaves nothing
    /// behind on any interface.
    [[nodiscard]] Result<void, Error> start(const std::string& control_path);

    /// The loop, until it has stopped. A hundred answers to checks may be ready at once: what is due leaves
    /// after the one under way, not after all of them.
    void run();

private:
    // What comes in.
    void on_datagram(const Datagram& datagram);
    void on_deadline();
    void on_lease();
    void on_signal(int signal);
    void read_adverts();
    void read_claims();

    // Of interfaces (links.cpp).
    void on_link(const netlink::LinkState& link);
    void on_addresses(IfIndex interface, const std::vector<netlink::HeldAddress>& addresses);
    void tell_of_link(const netlink::LinkState& link);
    void tell_of_sockets();
    void keep_virtual_macs(const netlink::LinkState& link);
    void hear_claims(const std::string& interface, IfIndex index);
    void note_virtual_macs(const Result<void, Error>& made);
    void follow_families(IfIndex interface, const std::vector<netlink::HeldAddress>& addresses);
    void look_at(const std::string& name);
    void look_at_links();
    void look_again_later();

    // What is done about it.
    void feed(const vrrp::Event& event);
    void perform(const vrrp::Event& event);
    [[nodiscard]] std::vector<vrrp::EffectFailed> carry_out(const vrrp::Event& event);
    void fit_checks();
    void run_checks(const vrrp::Effects& effects);
    void run_gates(const vrrp::Effects& effects);
    void run_gate(const std::string& instance);
    void finish_if_stopped();
    void finish();
    void tell_of_signatures();

    // Another configuration (reload.cpp).
    [[nodiscard]] control::Reload reload(bool dry_run);
    [[nodiscard]] control::Reload read_again(bool dry_run);
    [[nodiscard]] config::Difference difference_to(config::Config& config,
                                                   const Signatures::Prepared& prepared) const;
    [[nodiscard]] Result<void, Error> take_over(config::Config config, Signatures::Prepared prepared);
    [[nodiscard]] Result<void, Error> prepare_kernel(const config::Config& config);
    [[nodiscard]] Result<void, Error> prepare_drops(const config::Config& config);
    [[nodiscard]] Result<void, Error> fit_edges(const std::vector<vrrp::Occupant>& occupants);
    [[nodiscard]] Result<void, Error> fit_edges_now(const std::vector<vrrp::Occupant>& occupants);
    void assign_places();
    void follow_occupants();

    [[nodiscard]] Duration longest_gate() const;
    void await_signal();
    void keep_house();
    [[nodiscard]] Result<void, Error> sweep_leftovers();
    [[nodiscard]] bool holds(IfIndex interface, const IpAddress& address) const;
    bool set_check(const std::string& name, std::optional<bool> up);
    [[nodiscard]] control::Report report();

    boost::asio::io_context& io_;
    config::Config config_;
    const LoadConfig load_;
    KernelParts kernel_;
    Signatures signatures_;
    Log& log_;

    const Time started_;
    const control::WallTime started_at_;
    vrrp::Node node_;
    Journal journal_;
    ToldTimes told_times_;
    VirtualMacs macs_;
    AdvertSockets sockets_;
    ClaimSockets claims_;
    std::unique_ptr<netlink::Monitor> monitor_;
    std::unique_ptr<KernelEdges> edges_;
    Hooks hooks_;
    std::unique_ptr<Executor> executor_;
    DeadlineTimer timer_;
    DeadlineTimer lease_timer_;
    control::Server server_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer housekeeping_;
    boost::asio::steady_timer look_again_;
    Checks checks_;
    Releases releases_;
    std::uint64_t composition_{0}; ///< of the node, when the edges were last told
    std::uint64_t overruns_told_{0};
    std::map<std::string, Deaf> deaf_told_; ///< of each interface, what the node knows
    std::string macs_trouble_;              ///< why virtual MAC addresses could not be made, as told
    bool looks_again_{false};               ///< `look_again_` runs
    bool fitting_{false};                   ///< edges are being opened and closed
    bool reading_{false};                   ///< adverts are being read from these
    bool running_{false};                   ///< started: what goes wrong from now on ends nothing
    bool stopping_{false};
    bool in_a_hurry_{false};       ///< told to stop a second time
    bool stop_hooks_begun_{false}; ///< everything else has stopped
};

} // namespace baton::daemon
