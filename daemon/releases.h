// Releases by hand: the release hooks first, while the addresses are still here, then the handover, and the
// answer to whoever asked. What stands aside is written down, and stands aside again after a restart.
//
// A sync group is released as a whole. The protocol's part is vrrp/router_release.cpp; decision 026.
#pragma once

#include "base/result.h"
#include "config/config.h"
#include "control/release.h"
#include "daemon/hooks.h"
#include "daemon/logging.h"
#include "vrrp/node.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace baton::daemon {

class Releases {
public:
    using Feed = std::function<void(const vrrp::Event&)>;
    using Done = std::function<void(const control::ReleaseResult&)>;

    /// All must outlive this. `feed` must not be called from within itself, and is not.
    Releases(boost::asio::io_context& loop, const config::Config& config, const vrrp::Node& node,
             Hooks& hooks, Log& log, Feed feed)
        : loop_(loop), config_(config), node_(node), hooks_(hooks), log_(log), feed_(std::move(feed)) {}
    Releases(Releases&&) = delete;

    /// Before anything takes part: who stood aside when the last batond ended does so again.
    void restore();

    /// Begins it; `done` is called once all of it has come to an end, never from within. The instance is one
    /// of the configuration. An error: nothing is begun, for batond is stopping.
    [[nodiscard]] std::optional<Error> ask(const control::ReleaseRequest& request, Done done);

    /// Takes part again; all of them if no name is given. The names of those that were released.
    [[nodiscard]] Result<std::vector<std::string>, Error> resume(const std::string& instance);

    /// The node has other settings: what is under way for instances that are not together any more, or not
    /// there, is refused. What stands aside is written down under the node's name: no longer under the one it
    /// had before.
    void reloaded(const std::string& node_before);

    /// To be told of all effects, once they have been performed.
    void follow(const vrrp::Effects& effects);

    /// batond ends: nothing is begun any more, and what is under way is over.
    void stop();

private:
    /// What one request has come to so far.
    struct Asked {
        control::ReleaseRequest request;
        Time begun;
        std::size_t open{0}; ///< units that have not come to their end
        control::ReleaseResult result;
        Done done;
    };
    /// An instance, or all members of a sync group.
    struct Unit {
        std::vector<std::string> members;
        std::vector<std::string> active; ///< of them, when it began
        std::shared_ptr<Asked> asked;
        std::size_t hooks_left{0};
        bool handing_over{false};         ///< the hooks are through
        std::vector<std::string> waiting; ///< for their successors
        std::vector<control::ReleaseOutcome> left;
    };
    using Units = std::list<Unit>;

    [[nodiscard]] std::vector<std::string> together_with(const std::string& instance) const;
    [[nodiscard]] Units::iterator unit_of(const std::string& instance);
    void move_from(const std::string& file_before);
    [[nodiscard]] std::string broken_by_reload(const Unit& unit) const;
    void begin(const std::vector<std::string>& members, const vrrp::Snapshot& snapshot,
               const std::shared_ptr<Asked>& asked);
    void on_hooks(const std::string& member, bool ok, const std::string& why);
    void hand_over(const std::string& member);
    void refuse(const std::string& member, const std::string& why);
    void end(Units::iterator unit, bool released);
    void end_if_all_left(const std::string& member);
    void left_active(const std::string& name, const vrrp::Transitioned& transition);
    void finish(Asked& asked);
    void later(std::function<void()> what);
    void save(std::string& trouble) const;
    [[nodiscard]] std::string file() const;

    boost::asio::io_context& loop_;
    const config::Config& config_;
    const vrrp::Node& node_;
    Hooks& hooks_;
    Log& log_;
    Feed feed_;
    Units units_;
    bool stopping_{false};
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)}; ///< calls may be on their way
};

} // namespace baton::daemon
