// One process with a Node in it, as fuzz input wants it: events in any order, a kernel that refuses, and a
// sim::Watch that knows what must always be true.
//
// It keeps the rules that the daemon keeps (effect.h, event.h): failures are fed at once, the rest of an
// instance's effects is left out after a HoldAddresses that failed, Startup is given once.
#pragma once

#include "tests/fuzz/input.h"
#include "tests/sim/kernel.h"
#include "tests/sim/watch.h"
#include "vrrp/node.h"

#include <array>
#include <deque>
#include <optional>
#include <set>

namespace baton::fuzz {

class Process {
public:
    explicit Process(Input& input);

    /// One thing happens.
    void act();
    /// The kernel refuses nothing any more, and the process is asked to stop: it must, and leave nothing.
    void end();
    [[nodiscard]] bool stopped() const { return shutting_down_ && node_.stopped(); }

private:
    // What happens (node_process.cpp).
    void release_or_resume();
    void finish_gate();
    void start();
    void stop();
    void pass(Duration duration);
    void freeze(Duration duration);
    void hear_advert();
    void hear_bytes();
    void probe();
    void toggle_link();
    void return_link();
    void claim();
    void change_addresses();
    void replace_interface();
    void refuse_some();
    void tell(const sim::Interface& interface);
    void tell_pending();
    [[nodiscard]] sim::Interface& some_interface();

    // What the daemon does (node_daemon.cpp).
    void feed(const vrrp::Event& event);
    void feed_refused(const vrrp::Event& event);
    void feed_and_watch(const vrrp::Event& event);
    void hand_in(const vrrp::Event& event);
    void perform(const vrrp::Effects& effects);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::Effect& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::SendAdvert& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::HoldAddresses& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::ReleaseAddresses& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::HoldRoutes& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::ReleaseRoutes& effect);
    [[nodiscard]] std::optional<vrrp::EffectFailed> attempt(const vrrp::Announce& effect);
    [[nodiscard]] bool refused(vrrp::EffectKind kind);
    [[nodiscard]] bool exists(IfIndex index) const;
    void check_sent(const vrrp::SendAdvert& effect) const;
    void check_nothing_left() const;

    Input& input_;
    vrrp::Settings settings_;
    sim::Kernel kernel_;
    Time now_{std::chrono::hours(1)};
    vrrp::Node node_;
    sim::Watch watch_;
    std::deque<vrrp::AddressesChanged> untold_; ///< notifications on their way
    std::deque<vrrp::EffectFailed> failures_;   ///< to be fed before anything else
    std::array<std::uint8_t, 6> refusals_{};    ///< of each EffectKind: a bit for each of the next eight
    std::set<std::pair<vrrp::InstanceId, IfIndex>> failed_releases_; ///< may have left something there
    unsigned next_index_{10};
    unsigned wakes_left_{600}; ///< of the whole story, so that no input takes long
    bool started_{false};
    bool shutting_down_{false};
};

} // namespace baton::fuzz
