// All that a Node can ask for. The order in the vector is the order to perform.
//
// The rule for failures: each effect that cannot be performed comes back as EffectFailed. When it is a
// HoldAddresses or HoldRoutes, that instance's effects are left out up to its next ReleaseAddresses or
// ReleaseRoutes: a router that could not take its addresses tells nobody that it has (left_out.h). So are
// those of the routers that take over together with it.
// EffectFailed is fed before any other event.
//
// Effects borrow from the Node: they are good until the next call of handle().
#pragma once

#include "base/address.h"
#include "base/announce_form.h"
#include "base/strong.h"
#include "vrrp/advert.h"
#include "vrrp/notices.h"
#include "vrrp/reason.h"
#include "vrrp/types.h"

#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace baton::vrrp {

/// Send one advert from `source` to `destination` on the interface.
struct SendAdvert {
    InstanceId instance;
    IfIndex interface;
    IpAddress source;
    IpAddress destination;
    Advert advert;
    std::uint8_t hop_limit{advert_hop_limit};
    bool from_virtual_mac{false}; ///< as the frame's source (section 7.2); else the interface's own
    bool again{false};            ///< the advert of the effect before, to the next of the unicast peers
};

/// Put these addresses on the interface, with our mark, and have the kernel confirm it. Those that stand
/// there with our mark already are fine; one that stands there without it is a failure, unless `adopt`.
struct HoldAddresses {
    InstanceId instance;
    IfIndex interface;
    std::span<const Prefix> addresses;
    bool adopt{false}; ///< the owner's own addresses: used where they are, never removed
    bool reclaim{
        false}; ///< ours until now: one that somebody replaced, so that it lost our mark, gets it again
    bool in_place{false};                   ///< by a router that is Active already: its list has changed
    std::span<const InstanceId> together{}; ///< its sync group, when that takes over: all of it or none
};

/// Take these addresses off the interface, those with our mark only. One that is not there is fine.
struct ReleaseAddresses {
    InstanceId instance;
    IfIndex interface;
    std::span<const Prefix> addresses;
    bool in_place{false}; ///< by a router that stays Active with others: its list has changed
};

/// Put the instance's routes and policy rules into the kernel, with our mark, and have it confirm them. Those
/// that stand there with our mark already are fine.
struct HoldRoutes {
    InstanceId instance;
    std::span<const InstanceId> together{}; ///< as of HoldAddresses
};

/// Take the instance's routes and policy rules out again. One that is not there is fine.
struct ReleaseRoutes {
    InstanceId instance;
};

/// Tell the link who has these addresses now: one gratuitous ARP, or one unsolicited Neighbor Advertisement,
/// each (RFC 9568 section 6.4).
struct Announce {
    InstanceId instance;
    IfIndex interface;
    std::span<const Prefix> addresses;
    AnnounceForm form{AnnounceForm::request};
};

/// It is about to take over: run what must succeed first, and answer with HookFinished.
struct RunGate {
    InstanceId instance;
};

/// It does not take over after all: end what runs of its gate, and undo what it did. No answer is expected.
struct DropGate {
    InstanceId instance;
};

/// The instance went from one state to another. Log, metrics, hooks and the status page live off this.
struct Transitioned {
    InstanceId instance;
    State from{};
    State to{};
    Reason reason;
    Priority priority;       ///< effective, now
    std::uint64_t number{0}; ///< only grows, over all instances of this Node
};

/// It was released by hand, and nobody took over for so long: it goes on as Active. To be told.
struct ReleaseRefused {
    InstanceId instance;
    Duration waited{};
};

/// A check is to run from now on, or to end: no result of it counts then.
struct CheckRuns {
    CheckId check;
    bool runs{false};
};

/// What a check had found when it ended counts no longer. To be told.
struct CheckForgotten {
    CheckId check;
};

/// A check turned. To be told, not to be done.
struct CheckChanged {
    CheckId check;
    bool up{false};
    std::string detail; ///< of the result that turned it
};

/// The effective priority of an instance changed, because something it tracks turned. To be told.
struct PriorityChanged {
    InstanceId instance;
    Priority from;
    Priority to;
};

/// Something an operator should hear of. To be told. Already limited: each one is worth a line in the log.
struct Noticed {
    std::optional<InstanceId> instance; ///< nothing when it belongs to none
    IfIndex interface;
    Notice notice;
};

using Effect = std::variant<SendAdvert, HoldAddresses, ReleaseAddresses, HoldRoutes, ReleaseRoutes, Announce,
                            Transitioned, CheckRuns, CheckForgotten, CheckChanged, PriorityChanged, Noticed,
                            ReleaseRefused, RunGate, DropGate>;
using Effects = std::vector<Effect>;

} // namespace baton::vrrp
