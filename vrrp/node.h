// The protocol of one host as a value: all its virtual routers and what they track.
//
// Events go in, effects come out, one deadline says when to ask again. No clock, no socket, no log, no
// thread: the same events at the same times give the same effects, always. RFC 9568 section 6.4.
#pragma once

#include "base/time.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"
#include "vrrp/occupant.h"
#include "vrrp/settings.h"
#include "vrrp/snapshot.h"

#include <memory>
#include <optional>

namespace baton::vrrp {

class Node {
public:
    /// Every instance begins in Initialize and stays there until Commanded{startup}.
    Node(Settings settings, Time now);
    ~Node();
    Node(Node&&) noexcept;
    Node& operator=(Node&&) noexcept;

    /// The only way in. Effects are in the order to perform, and good until the next call.
    [[nodiscard]] Effects handle(const Event& event, Time now);

    /// Whose advert this is: by interface, family, and the VRID it says. Nothing when it is nobody's here.
    [[nodiscard]] std::optional<InstanceId> addressee(const Datagram& datagram) const;

    /// Why handle() would refuse this advert; nothing when it would take it. For whoever has the keys: a
    /// signature is to be looked at last (decision 013).
    [[nodiscard]] std::optional<Reject> objection(const AdvertReceived& received) const;

    /// When to feed Elapsed, at the latest; nothing means no timer is running. May change with every
    /// handle().
    [[nodiscard]] std::optional<Time> deadline() const;

    /// The only way to look.
    [[nodiscard]] Snapshot snapshot(Time now) const;

    /// Whose settings are in use, and whose wait for others to leave: what sockets and interfaces are needed
    /// for.
    [[nodiscard]] std::vector<Occupant> occupants() const;

    /// Another number than before: the occupants may be others.
    [[nodiscard]] std::uint64_t composition() const;

    /// What an instance goes by now. Good until the next handle(), for each that an effect has named.
    [[nodiscard]] const InstanceSettings& settings_of(InstanceId id) const;

    /// Whether the check is to run; CheckRuns tells when that changes.
    [[nodiscard]] bool runs(CheckId id) const;

    /// The one of that name that is here to stay.
    [[nodiscard]] std::optional<InstanceId> find_instance(const std::string& name) const;

    /// It, and the others of its sync group.
    [[nodiscard]] std::vector<InstanceId> together_with(InstanceId id) const;

    [[nodiscard]] const std::string& name_of(CheckId id) const;
    [[nodiscard]] std::optional<CheckId> find_check(const std::string& name) const;

    /// True once every instance has let go after Commanded{shutdown}: the process may end.
    [[nodiscard]] bool stopped() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace baton::vrrp
