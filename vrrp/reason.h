// Why a router stands where it stands: faults by name, and the cause of each transition.
//
// Plain values with their wording in reason.cpp, so that log, status, `batonctl why` and hooks all say the
// same thing.
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "vrrp/types.h"

#include <string>

namespace baton::vrrp {

/// Something that keeps an instance out of the election. Faults are a set: each comes and goes by itself.
struct Fault {
    enum class Kind : std::uint8_t {
        interface_missing,      ///< subject: the interface
        link_down,              ///< subject: the interface
        no_advert_socket,       ///< subject: what the kernel said
        advert_too_long,        ///< subject: how, and what to do
        no_primary_address,     ///< subject: the interface
        source_missing,         ///< subject: the configured source address
        address_not_held,       ///< subject: what the kernel said
        route_not_held,         ///< subject: what the kernel said
        address_contested,      ///< subject: the address somebody keeps deleting
        advert_not_sent,        ///< subject: what the kernel said
        check_down,             ///< subject: the check (weight 0)
        tracked_interface_down, ///< subject: the interface (weight 0)
        check_up,               ///< subject: the check (weight 0, reversed)
        tracked_interface_up,   ///< subject: the interface (weight 0, reversed)
        gate_failed,            ///< subject: what the hook said
        group_member,           ///< subject: another member of the sync group, and its fault
    };
    Kind kind{};
    std::string subject;

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// The fault's name for programs: "link_down".
[[nodiscard]] const char* to_string(Fault::Kind kind);

/// The fault in words: "interface eth0 has no link".
[[nodiscard]] std::string describe(const Fault& fault);

/// Why a transition happened.
struct Reason {
    enum class Code : std::uint8_t {
        none,              ///< not started yet
        awaiting_checks,   ///< subject: the check whose first result is awaited
        startup_delay,     ///< takes part after `interval`
        startup,           ///< took part for the first time, or again after a fault
        owner_startup,     ///< priority 255: Active at once
        active_down_timer, ///< nothing heard for `interval`; subject: if it is no Active_Down_Interval
        peer_resigned,     ///< `peer` sent priority 0 and Skew_Time passed
        peer_lowered,      ///< `peer` lowered itself to `peer_priority`, below ours, and Skew_Time passed
        higher_priority,   ///< `peer` with `peer_priority` outranks us
        tie_lost,          ///< `peer` has our priority and the greater address
        stalled,           ///< we slept while Active: no advert for `interval`
        group_took_over,   ///< subject: the member of the sync group that took over
        group_yielded,     ///< subject: the member of the sync group that yielded
        gate_failed,       ///< stays Backup: its gate was not passed; subject: why
        fault,             ///< subject: the fault in words
        released,          ///< by hand; without a successor for `interval`, if that is not zero
        released_handover, ///< by hand; `peer` took over
        resumed,           ///< takes part again after it was released
        shutdown,          ///< stopped; while Active: heard no successor for `interval`
        shutdown_handover, ///< stopped; `peer` took over
    };
    Code code{Code::none};
    IpAddress peer;
    Priority peer_priority;
    Priority own_priority;
    Duration interval{};
    Duration late{}; ///< how long after its time the timer was looked at; zero if within an advert interval
    std::string subject;
};

/// The plain reason; what it is about is added to it.
[[nodiscard]] inline Reason because(Reason::Code code) {
    Reason reason;
    reason.code = code;
    return reason;
}

/// The code for programs: "active_down_timer".
[[nodiscard]] const char* to_string(Reason::Code code);

/// One sentence for people, without a full stop.
[[nodiscard]] std::string describe(const Reason& reason);

} // namespace baton::vrrp
