// Performs effects: one effect, one call of an edge. Knows what was done when, decides nothing.
//
// The rule for failures is in vrrp/effect.h: a failure comes back as an event, and after a failed
// HoldAddresses some effects are left out. Synchronous: when perform() returns, all of it has been done or
// has failed.
#pragma once

#include "base/time.h"
#include "daemon/edges.h"
#include "daemon/happened.h"
#include "daemon/journal.h"
#include "daemon/logging.h"
#include "daemon/signatures.h"
#include "daemon/told_failures.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"
#include "vrrp/left_out.h"
#include "vrrp/node.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace baton::daemon {

class Executor {
public:
    /// Told of each transition once it has been written down; must start nothing that takes time.
    using Told = std::function<void(const Happened&)>;

    /// All must outlive the executor.
    Executor(const vrrp::Node& node, Edges& edges, Signatures& signatures, Journal& journal, Log& log,
             Told told = {})
        : node_(node), edges_(edges), signatures_(signatures), journal_(journal), log_(log),
          told_(std::move(told)) {}

    /// `decided` is the time the effects were asked for; steps are measured from it.
    [[nodiscard]] std::vector<vrrp::EffectFailed> perform(const vrrp::Effects& effects, Time decided);

private:
    /// What one call of perform() has come to so far.
    struct Batch {
        Time decided;
        bool tells{false}; ///< a Transitioned is among the effects, so the steps are of interest
        std::vector<vrrp::EffectFailed> failures;
        vrrp::LeftOut left_out;
        std::vector<std::pair<vrrp::InstanceId, IfIndex>>
            repairs; ///< held, and not (yet) in the course of a transition
        std::vector<std::pair<vrrp::InstanceId, std::size_t>> routes; ///< put there, likewise
        std::vector<std::pair<vrrp::InstanceId, control::Step>> steps;
        std::vector<std::pair<vrrp::InstanceId, IpAddress>> sources; ///< of adverts that were sent
    };

    void carry_out(const vrrp::SendAdvert& effect, Batch& batch);
    void carry_out(const vrrp::HoldAddresses& effect, Batch& batch);
    void carry_out(const vrrp::ReleaseAddresses& effect, Batch& batch);
    void carry_out(const vrrp::HoldRoutes& effect, Batch& batch);
    void carry_out(const vrrp::ReleaseRoutes& effect, Batch& batch);
    void carry_out(const vrrp::Announce& effect, Batch& batch);
    void carry_out(const vrrp::Transitioned& effect, Batch& batch);
    void carry_out(const vrrp::ReleaseRefused& effect, Batch& batch);
    void carry_out(const vrrp::RunGate& effect, Batch& batch);
    void carry_out(const vrrp::DropGate& effect, Batch& batch);
    void carry_out(const vrrp::CheckRuns& effect, Batch& batch);
    void carry_out(const vrrp::CheckForgotten& effect, Batch& batch);
    void carry_out(const vrrp::CheckChanged& effect, Batch& batch);
    void carry_out(const vrrp::PriorityChanged& effect, Batch& batch);
    void carry_out(const vrrp::Noticed& effect, Batch& batch);

    void done(vrrp::InstanceId instance, const char* what, Batch& batch);
    void tell_of_failure(const vrrp::EffectFailed& failure, Time now);
    void failed(vrrp::InstanceId instance, vrrp::EffectKind effect, std::string why, Batch& batch);
    [[nodiscard]] static std::string active_router(const vrrp::Transitioned& effect, const Batch& batch);
    [[nodiscard]] const vrrp::InstanceSettings& settings_of(vrrp::InstanceId instance) const;

    const vrrp::Node& node_; ///< for names
    Edges& edges_;
    Signatures& signatures_;
    Journal& journal_;
    Log& log_;
    Told told_;
    ToldFailures told_failures_; ///< of adverts
};

} // namespace baton::daemon
