// What must always be true of one process, seen from inside it: fed with every event and every effect.
//
// An independent reader of the rules: RFC 9568 section 6.4 and docs/architecture.md, not of vrrp/*.cpp. Each
// broken promise is a Violation that says which one.
#pragma once

#include "tests/sim/kernel.h"
#include "tests/sim/reference_timer.h"
#include "vrrp/node.h"

#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace baton::sim {

/// A promise of the core that did not hold.
struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Watch {
public:
    Watch(std::string host, const vrrp::Settings& settings, Time now, Duration max_lateness);

    /// What the event itself says about the world; of a failure too, before it is fed.
    void before(const vrrp::Event& event);
    void performed(const vrrp::Effect& effect, Time now);
    void failed(const vrrp::EffectFailed& failure, Time now);
    /// Once the event and all failures it led to are dealt with. `told`: the core knows the kernel's table.
    void after(const vrrp::Event& event, const vrrp::Node& node, const Kernel& kernel, bool told, Time now);
    /// Other settings for the same instances, which go on with them: to be told just before the event.
    void reconfigured(const vrrp::Settings& settings, const vrrp::Node& node, Time now);
    /// The process stands still from now on: its timers will be looked at late.
    void stalled() { stalled_ = true; }

    [[nodiscard]] vrrp::State state(std::size_t instance) const { return instances_[instance].state; }
    /// What the priority must be by the checks' results so far.
    [[nodiscard]] int priority(std::size_t instance) const;
    /// Nothing before the first result.
    [[nodiscard]] std::optional<bool> check_up(std::size_t check) const;
    [[nodiscard]] bool kept_out(std::size_t instance) const;
    /// When a fault of the kernel's making may still keep the instance out, at the latest.
    [[nodiscard]] Time retry_over(std::size_t instance) const { return instances_[instance].retry_over; }
    [[nodiscard]] bool shutting_down() const { return shutting_down_; }
    [[nodiscard]] Time last_transition() const { return last_transition_; }
    /// Where the instance's adverts come from, by what was told of its interface.
    [[nodiscard]] const std::optional<IpAddress>& primary(std::size_t instance) const {
        return instances_[instance].primary;
    }

private:
    enum class Gate : std::uint8_t { closed, running, open };

    struct Instance {
        vrrp::State state{vrrp::State::initialize};
        std::set<IfIndex> held_on;  ///< the interfaces that carry its addresses
        bool release_failed{false}; ///< of this reign: some may be there still
        bool routed{false};         ///< its routes are there
        bool resigned{false};
        bool aside{false}; ///< released by hand, or on its way there
        std::optional<Time> aside_until;
        bool resumed{false}; ///< by hand, in the step under way
        bool reigned{false}; ///< Active, and not resigned, before this step
        Gate gate{Gate::closed};
        bool gate_failed{false}; ///< in the step under way
        ReferenceTimer timer;
        std::optional<Time> last_advert; ///< of this reign
        std::optional<IpAddress> primary;
        std::optional<std::pair<IpAddress, int>> yields_to; ///< the Active router and its priority, as heard
        std::optional<std::pair<IpAddress, int>> preempted; ///< who is heard and not yielded to
        Time preempts_from{};                               ///< Preempt_Mode does not count before it
        std::map<vrrp::ChecksumForm, std::deque<Time>> recent_adverts; ///< answers are limited in each
        std::deque<Time> recent_changes; ///< of priority, and to Active: each may be told beside them
        Time priority_changed{};         ///< may put the timer's end in the past
        unsigned failures{0};
        bool failed_in_step{false};
        Time retry_over{};
    };

    void on(const vrrp::SendAdvert& effect, Time now);
    void on(const vrrp::HoldAddresses& effect, Time now);
    void on(const vrrp::ReleaseAddresses& effect, Time now);
    void on(const vrrp::HoldRoutes& effect, Time now);
    void on(const vrrp::ReleaseRoutes& effect, Time now);
    void on(const vrrp::Announce& effect, Time now);
    void on(const vrrp::Transitioned& effect, Time now);
    void on(const vrrp::ReleaseRefused& effect, Time now);
    void on(const vrrp::RunGate& effect, Time now);
    void on(const vrrp::DropGate& effect, Time now);
    void on(const vrrp::CheckRuns& effect, Time now);
    void on(const vrrp::CheckForgotten& effect, Time now);
    void on(const vrrp::CheckChanged& effect, Time now);
    void on(const vrrp::PriorityChanged& effect, Time now);
    void on(const vrrp::Noticed& effect, Time now);

    [[nodiscard]] bool gated(std::size_t instance) const {
        return settings_.instances[instance].gate.has_value();
    }
    /// Waits for nothing but its gate.
    [[nodiscard]] bool gated_owner(std::size_t instance) const {
        return gated(instance) && settings_.instances[instance].priority == vrrp::owner;
    }
    [[nodiscard]] bool grouped() const { return !settings_.sync_groups.empty(); }
    [[nodiscard]] std::vector<std::size_t> together_with(vrrp::InstanceId instance) const;
    [[nodiscard]] bool takes_part_again(const Instance& instance, Time now) const;
    void takes_back(std::size_t instance, Time now);
    void learn(const vrrp::LinkChanged& event);
    void learn(const vrrp::HookFinished& event);
    void learn(const vrrp::AddressesChanged& event);
    void await_retry(std::size_t instance, Time now);
    void speaks(std::size_t instance, Time now) const;
    [[nodiscard]] bool tracked_up(const vrrp::TrackSettings& track) const;
    [[nodiscard]] bool known(const vrrp::TrackSettings& track) const;
    [[nodiscard]] std::optional<std::size_t> find_check(const vrrp::TrackSettings& track) const;
    [[nodiscard]] bool rests(const vrrp::TrackSettings& track, const std::vector<bool>& runs) const;
    [[nodiscard]] int priority(std::size_t instance, const std::vector<bool>& runs) const;
    void check_runs() const;
    void run_timer(std::size_t instance, const vrrp::Event& event, Time now);
    void stand_aside(std::size_t instance, const vrrp::Event& event, Time now);
    [[nodiscard]] bool counts(std::size_t instance, const vrrp::AdvertReceived& event) const;
    void check_contest(std::size_t instance, const vrrp::AdvertReceived& event, bool yielded) const;
    void hear(std::size_t instance, const vrrp::AdvertReceived& event, Time now);
    void check_instance(std::size_t instance, const Kernel& kernel, bool told, Time now) const;
    void check_view(const vrrp::Node& node, Time now) const;
    [[noreturn]] void broken(std::size_t instance, const std::string& promise) const;

    std::string host_;
    vrrp::Settings settings_;
    Duration max_lateness_;
    std::vector<Instance> instances_;
    std::vector<std::vector<bool>> results_; ///< of each check, from the first that is not forgotten
    std::vector<bool> runs_;                 ///< of each check
    std::vector<bool> ran_before_;           ///< the same, before this event
    std::vector<Time> forgotten_at_;         ///< of each check that ran and does not run now
    std::map<std::string, bool> links_;
    std::map<std::string, IfIndex> indexes_; ///< of the interfaces that are there
    std::set<IpAddress> own_sources_;        ///< addresses of this host: adverts from them are reflections
    std::vector<vrrp::Transitioned> transitions_; ///< of the step under way
    std::uint64_t last_number_{0};
    std::uint64_t steps_{0};
    Time last_transition_{};
    /// By instance, reject or kind, and for the latter the sender.
    std::map<std::tuple<std::optional<vrrp::InstanceId>, std::optional<vrrp::Reject>, vrrp::NoticeKind,
                        std::optional<IpAddress>>,
             Time>
        noticed_;
    bool shutting_down_{false};
    bool stalled_{false}; ///< until the first timer after the stall has been looked at
};

} // namespace baton::sim
