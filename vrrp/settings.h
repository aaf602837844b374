// What the operator asked for, as the core needs it: plain values, already validated.
//
// A Node is given them at its start, and anew with Reconfigured. Where they come from (JSON, keepalived.conf)
// is the business of config/; how a check is carried out (a script, HAProxy's socket) is the business of its
// edge. Ranges here are promises the configuration keeps, not things the core checks again.
#pragma once

#include "base/address.h"
#include "base/announce_form.h"
#include "base/time.h"
#include "vrrp/types.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace baton::vrrp {

/// How adverts are summed on the way out; on the way in both forms are accepted (decision 005).
enum class ChecksumMode : std::uint8_t {
    automatic, ///< that of the router it yields to; the pseudo-header form until one is heard
    rfc9568,   ///< message only
    rfc5798    ///< with the IPv4 pseudo-header
};

/// RFC 2338 section 5.3.6: at most eight octets, filled up with zeros.
using Password = std::array<std::uint8_t, 8>;

/// How many results in a row turn a check. The first result after the start counts at once.
struct CheckSettings {
    std::string name;
    unsigned rise{1}; ///< good results in a row before it is up, >= 1
    unsigned fall{1}; ///< bad results in a row before it is down, >= 1
    /// Whether it is up before the first result; nothing: nobody knows, and that result counts at once.
    std::optional<bool> initial{};
    /// Runs only while an instance that tracks it is Active, and counts then (decision 022).
    bool while_active{false};
    Duration hold_down{std::chrono::seconds(60)}; ///< how long what it found counts on after that

    friend bool operator==(const CheckSettings&, const CheckSettings&) = default;
};

/// What a tracked thing does to the priority of an instance.
///   weight > 0: added while it is up.  weight < 0: subtracted while it is down.  weight 0: down is a fault.
struct TrackSettings {
    enum class Kind : std::uint8_t { check, interface };
    Kind kind{Kind::check};
    std::string name;    ///< of a check in Settings::checks, or of an interface
    int weight{0};       ///< -253..253
    bool reverse{false}; ///< it is well when the thing is down
    bool proportional{
        false}; ///< of the weight as much as the check's share says; not with weight 0 or `reverse`

    friend bool operator==(const TrackSettings&, const TrackSettings&) = default;
};

/// Adverts to named peers instead of the group, as keepalived does it; outside RFC 9568.
struct UnicastSettings {
    std::vector<IpAddress> peers;        ///< of the instance's family; none: multicast
    bool check_source{true};             ///< adverts from others than the peers are refused
    std::uint8_t hop_limit{255};         ///< what adverts are sent with
    std::uint8_t minimum_hop_limit{255}; ///< what adverts must arrive with, at least

    friend bool operator==(const UnicastSettings&, const UnicastSettings&) = default;
};

/// What becomes of an advert that names other addresses than ours.
enum class AddressListCheck : std::uint8_t {
    report, ///< taken, counted and told, so that lists can change on one node after the other
    refuse  ///< refused, unless the sender is the owner (RFC 3768 section 7.1)
};

/// What becomes of a router whose gate is not passed.
enum class GateFailure : std::uint8_t {
    fault, ///< it takes no part for a while
    backup ///< it stays Backup, and tries again later
};

/// Hooks that must succeed before a router takes over (RunGate, HookFinished).
struct GateSettings {
    GateFailure on_failure{GateFailure::fault};
    /// How long they may take, on this node and, as configurations go, on its peers: a planned handover waits
    /// that much longer for its successor.
    Duration longest{};
    std::string programs{}; ///< what is run, as text: with another one it is another gate

    friend bool operator==(const GateSettings&, const GateSettings&) = default;
};

/// When and how the link is told who has the addresses (RFC 9568 section 6.4, RFC 826, RFC 4861).
struct AnnounceSettings {
    /// After the first announcement, which is made at once; rising.
    std::vector<Duration> repeats{std::chrono::milliseconds(100), std::chrono::seconds(1),
                                  std::chrono::seconds(5)};
    Duration refresh{std::chrono::seconds(30)}; ///< again and again while Active; zero: never (decision 024)
    AnnounceForm form{AnnounceForm::request};

    friend bool operator==(const AnnounceSettings&, const AnnounceSettings&) = default;
};

/// An address that stands on another interface than the others of its instance.
struct ElsewhereSettings {
    Prefix address; ///< one of the instance's addresses or excluded addresses
    std::string interface;

    friend bool operator==(const ElsewhereSettings&, const ElsewhereSettings&) = default;
};

/// Routes and policy rules that an instance holds beside its addresses; which ones is the edge's business.
struct RoutingSettings {
    bool any{false};
    std::vector<std::string> interfaces; ///< the kernel drops routes when one of these goes down

    friend bool operator==(const RoutingSettings&, const RoutingSettings&) = default;
};

/// One virtual router: one VRID of one family on one interface.
struct InstanceSettings {
    std::string name;
    std::string interface;
    Vrid vrid;
    Priority priority{100};                            ///< 1..254, or `owner`
    Duration advert_interval{std::chrono::seconds(1)}; ///< v3: 10 ms..40.95 s, by 10 ms; v2: 1..255 s, whole
    bool preempt{true};                                ///< Preempt_Mode, RFC 9568 section 6.1
    ChecksumMode checksum{ChecksumMode::automatic};
    std::vector<Prefix> addresses; ///< at least one, all of one family, in the order of the advert
    std::vector<TrackSettings> track;
    std::vector<Prefix> excluded; ///< held beside `addresses` and in no advert; of any family
    std::vector<ElsewhereSettings> elsewhere;
    RoutingSettings routing;

    Version version{Version::v3};     ///< v2: IPv4 only
    std::optional<Password> password; ///< v2 only: RFC 2338 simple text password
    bool signs{false};                ///< a trailer goes with each advert (decision 013)
    std::optional<IpAddress> group;   ///< instead of 224.0.0.18 or ff02::12
    std::optional<IpAddress> source;  ///< instead of the interface's first address
    std::string holder;               ///< the interface that carries the addresses, if it is another one
    bool virtual_mac{false};          ///< `holder` has it, and adverts come from it (sections 7.2, 7.3)
    UnicastSettings unicast;
    bool require_link_local_first{true}; ///< IPv6: refuse adverts that break RFC 9568 section 5.2.9
    bool answer_lower_priority{true};    ///< T15: RFC 9568 says so; RFC 3768 did not
    bool prompt_takeover{true};          ///< a priority that falls is told, and acted on, at once
    AddressListCheck address_list{AddressListCheck::report};
    Duration preempt_delay{}; ///< how long a lower Active is left alone after our start
    AnnounceSettings announce;
    std::optional<GateSettings> gate;
    std::uint32_t edition{0}; ///< another one: what the edges do for it is another matter now

    [[nodiscard]] const std::string& holding_interface() const { return holder.empty() ? interface : holder; }
    /// The addresses are the host's own, on the interface itself: used where they are, never removed.
    [[nodiscard]] bool adopts_addresses() const { return priority == owner && holder.empty(); }
    [[nodiscard]] Family family() const { return addresses.front().address.family(); }

    /// Whether a router with these settings can go on with those. What is compared here is what its peers, or
    /// the host, know it by: with another one of these it is another router, and begins as one.
    [[nodiscard]] bool becomes(const InstanceSettings& next) const {
        return name == next.name && interface == next.interface && vrid == next.vrid &&
               family() == next.family() && version == next.version && holder == next.holder &&
               virtual_mac == next.virtual_mac && routing == next.routing && edition == next.edition &&
               (priority == owner) == (next.priority == owner);
    }

    friend bool operator==(const InstanceSettings&, const InstanceSettings&) = default;
};

/// Instances that are Active on the same node, all or none (vrrp/sync_groups.h has the rules).
struct SyncGroupSettings {
    std::string name;
    std::vector<InstanceId> members; ///< at least two; an instance is in one group at most

    friend bool operator==(const SyncGroupSettings&, const SyncGroupSettings&) = default;
};

struct Settings {
    Duration startup_delay{};                ///< after Startup, before any instance takes part
    unsigned announce_rate{0};               ///< frames a second and interface; 0: no limit
    std::vector<CheckSettings> checks;       ///< CheckId is the place in here, until a Reconfigured
    std::vector<InstanceSettings> instances; ///< InstanceId likewise (vrrp/routers.h)
    std::vector<SyncGroupSettings> sync_groups;
};

} // namespace baton::vrrp
