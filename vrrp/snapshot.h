// What a Node looks like from outside, at one moment. Values only; the one header of vrrp/ that control/
// sees.
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "vrrp/types.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baton::vrrp {

struct Contribution {
    std::string name; ///< of the check or interface
    bool is_interface{false};
    int weight{0};
    bool up{false};
    bool known{true};              ///< false: no result yet
    bool idle{false};              ///< does not count: a check that runs while Active, and has found nothing
    bool reverse{false};           ///< it is well when it is down
    std::optional<double> share{}; ///< 0..1, when the weight follows it
    int applied{0};                ///< what it does to the priority now
};

struct FaultView {
    std::string name; ///< "link_down"
    std::string text; ///< "interface eth0 has no link"
};

/// A lower router that is, or was, Active beside this one.
struct RivalView {
    IpAddress address;
    Priority priority;
    Time heard{};  ///< its last advert
    Time silent{}; ///< when its Active_Down_Interval after that is over
};

/// An address on an interface.
struct PlacedPrefix {
    std::string interface;
    Prefix address;

    friend bool operator==(const PlacedPrefix&, const PlacedPrefix&) = default;
};

/// An advert that was refused.
struct RefusedView {
    std::string reason_code; ///< "authentication_invalid"
    std::string reason;      ///< a clause: "its signature is wrong"
    IpAddress source;
    Time at{};
};

/// Another host says that an address of ours is at its MAC address.
struct ClaimView {
    IpAddress address;
    MacAddress mac;
    Time at{};
};

struct InstanceView {
    InstanceId id;
    std::string name;
    State state{State::initialize};
    bool handing_over{false};          ///< resigned, still holding the addresses until the successor is heard
    bool releasing{false};             ///< ... because it was released by hand
    bool released{false};              ///< stands aside: takes no part in the election
    std::optional<Time> release_until; ///< of either; none: until it is resumed
    bool gate_running{false}; ///< its before_active hooks run: it takes over when they have succeeded
    Time since{};             ///< of the state
    std::string reason_code;  ///< "active_down_timer"
    std::string reason;       ///< one sentence
    std::string interface;
    Vrid vrid;
    Family family{Family::ipv4};
    int vrrp_version{3};
    bool preempt{true};
    Priority configured_priority;
    Priority effective_priority;
    std::vector<Contribution> contributions;
    Duration advert_interval{};
    Duration active_adver_interval{};               ///< learnt from the Active router
    std::optional<IpAddress> active_router;         ///< our own primary address while Active
    std::optional<Priority> active_router_priority; ///< as last advertised
    std::optional<RivalView> rival;                 ///< heard while Active, since it became so
    std::optional<Time> preempted_heard;            ///< of an Active router that is lower and being preempted
    std::optional<IpAddress> primary_address;       ///< where our adverts come from
    std::optional<Time> deadline;                   ///< Active_Down_Timer while Backup
    std::optional<Time> preempts_from; ///< while Backup: before it, a lower Active router is left alone
    std::vector<Prefix> addresses;
    std::vector<Prefix> excluded; ///< held with them, and in no advert
    bool addresses_held{false};
    bool has_routes{false};            ///< routes or rules that are held with them
    std::vector<Prefix> addresses_own; ///< those of an owner that stand there by themselves, and stay
    std::vector<PlacedPrefix> foreign; ///< its addresses on this host that somebody else put there
    std::vector<FaultView> faults;
    std::optional<RefusedView> last_refused;
    std::optional<ClaimView> last_claim; ///< while Active
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

struct CheckView {
    enum class State : std::uint8_t { unknown, up, down };
    struct Result {
        bool ok{false};
        std::string detail;
        Duration took{};
        Time at{};
        std::optional<double> share{};
    };
    CheckId id;
    std::string name;
    State state{State::unknown};
    Time since{};
    unsigned rise{1};
    unsigned fall{1};
    unsigned streak{0};                ///< results in a row that speak against the state
    std::optional<double> share;       ///< as it counts, where the check can tell
    std::optional<bool> set_by_hand{}; ///< `state` is what somebody said, whatever the results
    bool while_active{false};          ///< runs only while an instance that tracks it is Active
    bool runs{true};
    std::optional<Time>
        forgotten_at{}; ///< of one that does not run: until then what it found is held against
    std::optional<Result> last;
};

[[nodiscard]] constexpr const char* to_string(CheckView::State state) {
    switch (state) {
    case CheckView::State::unknown:
        return "unknown";
    case CheckView::State::up:
        return "up";
    case CheckView::State::down:
        return "down";
    }
    return "";
}

struct Snapshot {
    Time at{};
    std::vector<InstanceView> instances;
    std::vector<CheckView> checks;
    /// Adverts that belong to no instance, by reason.
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

} // namespace baton::vrrp
