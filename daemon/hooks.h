// The hooks of all instances and sync groups: what happened goes in, the queues run what is configured for
// it.
//
// Starts nothing from within a call: a hook begins in a later turn of the loop, after all effects of the
// event that it belongs to have been performed.
#pragma once

#include "base/result.h"
#include "config/config.h"
#include "control/hooks.h"
#include "daemon/happened.h"
#include "daemon/hook_call.h"
#include "daemon/logging.h"
#include "daemon/notify_fifo.h"
#include "daemon/turns.h"
#include "scripts/hook_queue.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace baton::daemon {

class Hooks {
public:
    /// What comes of a gate or of a release: that it was well, or else why not.
    using Done = std::function<void(bool ok, const std::string& why)>;

    Hooks(boost::asio::io_context& loop, Log& log) : loop_(loop), log_(log), turns_(loop) {}
    Hooks(Hooks&&) = delete;

    /// Goes by this configuration from now on; what runs goes on. Before the node is told of it: who leaves
    /// is told of with the hooks that it had. An error (the pipe) changes nothing.
    [[nodiscard]] Result<void, Error> fit(const config::Config& config);

    void transitioned(const Happened& happened);

    /// Instances that the configuration no longer has, and `is_here` says no to, have been deleted.
    template <class IsHere>
    void keep(IsHere&& is_here) {
        for (auto& [name, subject] : instances_)
            if (subject.removed && !is_here(name))
                tell_deleted(subject);
        forget();
    }

    /// The gate of an instance is to be run, and that of a sync group beside its first member's; `done` is
    /// told unless it is dropped, or a newer state comes. Without hooks for it, it is passed.
    void run_gate(const std::string& instance, const Done& done);
    /// Its release hooks, likewise.
    void run_release(const std::string& instance, const Done& done);
    /// What the gate, or the release, was for is not to be. Nothing, where none is under way.
    void turn_back(const std::string& instance);

    /// Everything has stopped: runs the stop hooks, and calls `done` once nothing runs any more; at once if
    /// nothing does.
    void stop(std::function<void()> done);
    /// How long that may take.
    [[nodiscard]] Duration stop_takes() const;
    /// The names of those whose hooks run now.
    [[nodiscard]] std::vector<std::string> busy() const;

    // By hand, and to look at.
    // `name` is that of an instance, or else of a sync group.
    [[nodiscard]] Result<std::vector<control::HookPlan>, Error> plan(const std::string& name,
                                                                     const std::string& event) const;
    [[nodiscard]] std::optional<Error> run(const std::string& name, const std::string& event,
                                           std::function<void(const control::HookResult&)> done);
    [[nodiscard]] control::HooksView view(const std::string& instance) const;
    [[nodiscard]] std::vector<control::GroupView> groups() const;

private:
    struct Subject {
        scripts::HookSettings settings;
        HookOccasion last; ///< its last transition, with the event of that
        bool began{false}; ///< `last` means something
        bool removed{false};
        bool told_deleted{false};
        bool on_its_way{false}; ///< a gate or a release was asked for, and no state has followed yet
        std::unique_ptr<scripts::HookQueue> queue;
        std::shared_ptr<std::string> group; ///< its name, for whoever logs of it: it may get another one
    };
    struct Group : Subject {
        std::vector<std::string> members;
        std::map<std::string, vrrp::State> states; ///< of the members
        std::array<std::size_t, 4> count{};        ///< of members, by state

        bool enters(const std::string& member, vrrp::State state);
        [[nodiscard]] std::optional<vrrp::State> common_state() const;
    };

    void fit_instances(const config::Config& config);
    void fit_groups(const config::Config& config);
    void make_queue(Subject& subject);
    void rename_group(const std::string& name, const std::vector<std::string>& members,
                      const std::set<std::string>& named);
    void come_in(Group& group);
    [[nodiscard]] std::vector<std::string> addresses_of_members(const Group& group) const;
    void follow_groups(const HookOccasion& member);
    void take_state(Group& group, vrrp::State state, const HookOccasion& member);
    void happen(Subject& subject, const HookOccasion& occasion);
    void return_to_state(Subject& subject);
    void tell_deleted(Subject& subject);
    void tell_pipe(const HookOccasion& occasion);
    void forget();
    void finish_if_idle();
    [[nodiscard]] HookOccasion occasion_now(const Subject& subject, scripts::HookEvent event) const;
    [[nodiscard]] const Subject* find(const std::string& name) const;
    [[nodiscard]] Result<const Subject*, Error> subject_for(const std::string& name,
                                                            const std::string& event) const;
    bool enqueue(const Subject& subject, const HookOccasion& occasion, scripts::HookKind kind,
                 std::function<void(const scripts::HookEnd&)> done = {});
    void ask(Subject& subject, scripts::HookEvent event, scripts::HookKind kind, const Done& done);
    void go(const std::string& instance, scripts::HookEvent event, scripts::HookKind kind, const Done& done);
    [[nodiscard]] Group* led_by(const std::string& instance);

    boost::asio::io_context& loop_;
    Log& log_;
    Turns turns_;
    std::string node_;
    std::string fifo_path_;
    NotifyFifo fifo_;
    std::map<std::string, Subject> instances_;
    std::map<std::string, Group> groups_;
    std::function<void()> stopped_;                             ///< set: batond ends
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)}; ///< calls may be on their way
};

} // namespace baton::daemon
