// Instances that move together: all members of a group are Active on one node, or none.
//
// The rules:
//   1. What one member tracks, all track.
//   2. A fault of one member (its link, its addresses) is a fault of all.
//   3. When one member takes over, all take over with it; but none does while another member hears a router
//      it has to yield to, or has just stood still: the group waits for the last of its Active_Down_Timers.
//      All of them hold their addresses before the first of them advertises; if one cannot, none does.
//   4. When one member yields, all yield; the others say so with priority 0.
//   5. A group that yielded to a greater address takes nothing over for an Active_Down_Interval.
//   6. Members are released together, and all of them let go when one has found its successor.
//   7. When one has a gate, all have: they are run together, and nobody takes over until all are passed.
//   8. Who comes to a group, or leaves it, moves nobody: it goes by these rules from then on. So in a group
//   that is
//      Active a newcomer waits out its own Active_Down_Timer and joins; in one that is Backup it waits (rule
//      3).
// By rules 3 and 5 a group whose members have their priorities in different orders on two nodes stays where
// it is, instead of moving to and fro; when two such groups meet as Active, both yield, and one of them is
// first.
#pragma once

#include "vrrp/effect.h"
#include "vrrp/routers.h"
#include "vrrp/settings.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace baton::vrrp {

/// Rule 1, worked into the settings before anything else sees them.
[[nodiscard]] Settings with_shared_tracks(Settings settings);

class SyncGroups {
public:
    /// `routers` must outlive this.
    explicit SyncGroups(Routers& routers) : routers_(routers) {}

    /// Which groups there are from now on. Those of a known name stay as they are otherwise.
    void regroup(const std::vector<SyncGroupSettings>& groups);

    /// All members of its group, or it alone.
    [[nodiscard]] std::vector<InstanceId> together_with(InstanceId instance) const;

    /// Rule 2 for those that are in no group any more.
    void release_others(Time now, Effects& out);

    /// To be called first with each event but a failure: members that stood still let go before any member
    /// takes over in the same moment.
    void wake(Time now, Effects& out);

    /// To be called with the failure of a hold, before its own router is told: those that take over together
    /// with it do not.
    void abandon_takeover(InstanceId failed, Effects& out);

    /// A gate has been run: when all of the group are open, those that wait at them go on.
    void gate_finished(const HookFinished& finished, Time now, Effects& out);
    /// The same, when the last that others waited for may have left its group.
    void pass_open_gates(Time now);

    /// Rules 3 and 6: puts off those takeovers that are due now and have to wait, and no handover ends for
    /// one in another way than for another.
    void put_off(Time now, Effects& out);

    /// Rules 2 to 4: has the others follow the transitions among `effects`, tells each member of the faults
    /// of the others, and appends what comes of it. False when a member is taking over just now, so that its
    /// own result must come first: call again with an event.
    [[nodiscard]] bool settle(Effects& effects, Time now);

private:
    struct Group {
        std::string name;
        std::vector<InstanceId> members;
        std::optional<Time> not_before; ///< rule 5
    };

    [[nodiscard]] Group* group_of(InstanceId instance);
    [[nodiscard]] bool share_faults(Time now, Effects& out);
    [[nodiscard]] bool share_faults(const Group& group, Time now, Effects& out);
    [[nodiscard]] std::optional<Fault> fault_beside(const Group& group, InstanceId instance) const;
    void put_off(const Group& group, Time now);
    void release_together(const Group& group);
    void pass_gates(const std::vector<InstanceId>& members, Time now);
    void gather_at_gates(const Group& group, Time now, Effects& out);
    void follow(Effects& effects, Time now);
    void hold_together(Effects& effects) const;
    void hold_together(const Group& group, Effects& effects) const;
    void follow(const Transitioned& transition, Time now, Effects& out);

    std::vector<Group> groups_;
    std::map<InstanceId, std::size_t> group_of_;
    Routers& routers_;
};

} // namespace baton::vrrp
