#include "vrrp/reason.h"

#include "base/duration.h"

namespace baton::vrrp {
namespace {

std::string number(Priority priority) { return std::to_string(priority.value); }

std::string told_late(Duration late) {
    return late == Duration{} ? std::string()
                              : "; this process looked " + format_milliseconds(late) +
                                    " late, so its own delay may be the cause";
}

} // namespace

const char* to_string(Fault::Kind kind) {
    switch (kind) {
    case Fault::Kind::interface_missing:
        return "interface_missing";
    case Fault::Kind::link_down:
        return "link_down";
    case Fault::Kind::no_advert_socket:
        return "no_advert_socket";
    case Fault::Kind::advert_too_long:
        return "advert_too_long";
    case Fault::Kind::no_primary_address:
        return "no_primary_address";
    case Fault::Kind::source_missing:
        return "source_missing";
    case Fault::Kind::address_not_held:
        return "address_not_held";
    case Fault::Kind::route_not_held:
        return "route_not_held";
    case Fault::Kind::address_contested:
        return "address_contested";
    case Fault::Kind::advert_not_sent:
        return "advert_not_sent";
    case Fault::Kind::check_down:
        return "check_down";
    case Fault::Kind::tracked_interface_down:
        return "tracked_interface_down";
    case Fault::Kind::check_up:
        return "check_up";
    case Fault::Kind::tracked_interface_up:
        return "tracked_interface_up";
    case Fault::Kind::gate_failed:
        return "gate_failed";
    case Fault::Kind::group_member:
        return "group_member";
    }
    return "";
}

std::string describe(const Fault& fault) {
    const auto& subject = fault.subject;
    switch (fault.kind) {
    case Fault::Kind::interface_missing:
        return "interface " + subject + " does not exist";
    case Fault::Kind::link_down:
        return "interface " + subject + " has no link";
    case Fault::Kind::no_advert_socket:
        return "adverts can be neither sent nor heard: " + subject;
    case Fault::Kind::advert_too_long:
        return subject;
    case Fault::Kind::no_primary_address:
        return "interface " + subject +
               " has no address of its own to send adverts from: give it one that is not virtual";
    case Fault::Kind::source_missing:
        return "the configured source address " + subject + " is not there to send adverts from";
    case Fault::Kind::address_not_held:
        return "the address could not be taken: " + subject;
    case Fault::Kind::route_not_held:
        return "a route or rule could not be set: " + subject;
    case Fault::Kind::address_contested:
        return "somebody keeps deleting the virtual address from " + subject;
    case Fault::Kind::advert_not_sent:
        return "adverts cannot be sent: " + subject;
    case Fault::Kind::check_down:
        return "check " + subject + " is down";
    case Fault::Kind::tracked_interface_down:
        return "tracked interface " + subject + " is down";
    case Fault::Kind::check_up:
        return "check " + subject + " is up, and should be down";
    case Fault::Kind::tracked_interface_up:
        return "tracked interface " + subject + " is up, and should be down";
    case Fault::Kind::gate_failed:
        return "its before_active hooks failed: " + subject;
    case Fault::Kind::group_member:
        return subject;
    }
    return "";
}

const char* to_string(Reason::Code code) {
    switch (code) {
    case Reason::Code::none:
        return "none";
    case Reason::Code::awaiting_checks:
        return "awaiting_checks";
    case Reason::Code::startup_delay:
        return "startup_delay";
    case Reason::Code::startup:
        return "startup";
    case Reason::Code::owner_startup:
        return "owner_startup";
    case Reason::Code::active_down_timer:
        return "active_down_timer";
    case Reason::Code::peer_resigned:
        return "peer_resigned";
    case Reason::Code::peer_lowered:
        return "peer_lowered";
    case Reason::Code::higher_priority:
        return "higher_priority";
    case Reason::Code::tie_lost:
        return "tie_lost";
    case Reason::Code::stalled:
        return "stalled";
    case Reason::Code::group_took_over:
        return "group_took_over";
    case Reason::Code::group_yielded:
        return "group_yielded";
    case Reason::Code::gate_failed:
        return "gate_failed";
    case Reason::Code::fault:
        return "fault";
    case Reason::Code::released:
        return "released";
    case Reason::Code::released_handover:
        return "released_handover";
    case Reason::Code::resumed:
        return "resumed";
    case Reason::Code::shutdown:
        return "shutdown";
    case Reason::Code::shutdown_handover:
        return "shutdown_handover";
    }
    return "";
}

std::string describe(const Reason& reason) {
    const auto peer = reason.peer.to_string();
    switch (reason.code) {
    case Reason::Code::none:
        return "not started yet";
    case Reason::Code::awaiting_checks:
        return "waiting for the first result of check " + reason.subject;
    case Reason::Code::startup_delay:
        return "waits " + format_milliseconds(reason.interval) + " after its start before it takes part";
    case Reason::Code::startup:
        return "began to take part";
    case Reason::Code::owner_startup:
        return "owner of the addresses (priority 255) began to take part";
    case Reason::Code::active_down_timer:
        return "no advert to yield to for " + format_milliseconds(reason.interval) + " (" +
               (reason.subject.empty() ? "Active_Down_Interval" : reason.subject) + " at priority " +
               number(reason.own_priority) + ")" + told_late(reason.late);
    case Reason::Code::peer_resigned:
        return peer + " resigned (priority 0) and Skew_Time of " + format_milliseconds(reason.interval) +
               " passed without a successor" + told_late(reason.late);
    case Reason::Code::peer_lowered:
        return peer + " lowered its priority to " + number(reason.peer_priority) + ", below our " +
               number(reason.own_priority) + ", and Skew_Time of " + format_milliseconds(reason.interval) +
               " passed without a better successor" + told_late(reason.late);
    case Reason::Code::higher_priority:
        return peer + " advertises priority " + number(reason.peer_priority) + ", above our " +
               number(reason.own_priority);
    case Reason::Code::tie_lost:
        return peer + " advertises our priority " + number(reason.own_priority) + " from a greater address";
    case Reason::Code::stalled:
        return "this process did not run, so that no advert went out for " +
               format_milliseconds(reason.interval) + "; let go before fighting a successor";
    case Reason::Code::group_took_over:
        return reason.subject + " of its sync group took over";
    case Reason::Code::group_yielded:
        return reason.subject + " of its sync group yielded";
    case Reason::Code::gate_failed:
        return "stays backup, because its before_active hooks failed: " + reason.subject;
    case Reason::Code::fault:
        return reason.subject;
    case Reason::Code::released:
        return reason.interval == Duration{}
                   ? "released by hand; it stays out of the election until it is resumed"
                   : "released by force, though no successor was heard for " +
                         format_milliseconds(reason.interval) +
                         "; it stays out of the election until it is resumed";
    case Reason::Code::released_handover:
        return "released by hand; " + peer + " took over with priority " + number(reason.peer_priority);
    case Reason::Code::resumed:
        return "takes part again after it was released";
    case Reason::Code::shutdown:
        return reason.interval == Duration{}
                   ? "stopped"
                   : "stopped; no successor was heard for " + format_milliseconds(reason.interval);
    case Reason::Code::shutdown_handover:
        return "stopped; " + peer + " took over with priority " + number(reason.peer_priority);
    }
    return "";
}

} // namespace baton::vrrp
