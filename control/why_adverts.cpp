#include "control/why_adverts.h"

#include "base/duration.h"
#include "control/times.h"

#include <string_view>

namespace baton::control {
namespace {

using vrrp::InstanceView;
using vrrp::State;

/// Who takes no part learns of nobody.
std::string nobody(const InstanceView& view) {
    return view.state == State::backup || view.state == State::active
               ? "none heard"
               : std::string("not looked for in ") + to_string(view.state);
}

/// A Backup that preempts discards the adverts of a lower Active router (RFC 9568 section 6.4.2).
std::string preempted_in_words(const Report& report, const InstanceView& view) {
    return ", heard " + rough(report.snapshot.at - *view.preempted_heard) +
           " ago: lower than this node, which preempts it: its adverts do not put that off";
}

std::string active_router_line(const Report& report, const InstanceView& view) {
    if (!view.active_router)
        return "Active router: " + nobody(view);
    const bool self = view.state == State::active;
    auto line = "Active router: " + view.active_router->to_string() + (self ? " (this node)" : "");
    if (view.active_router_priority)
        line += ", priority " + std::to_string(view.active_router_priority->value);
    if (view.preempted_heard)
        return line + preempted_in_words(report, view);
    return line + ", an advert every " +
           format_milliseconds(self ? view.advert_interval : view.active_adver_interval);
}

/// Two Active routers, or what is left to know of that.
void add_rival(std::vector<std::string>& lines, const Report& report, const InstanceView& view) {
    if (!view.rival)
        return;
    const auto& [address, priority, heard, silent] = *view.rival;
    lines.push_back("Conflict: " + address.to_string() + (report.snapshot.at < silent ? " is" : " was") +
                    " Active beside this node, with priority " + std::to_string(priority.value) +
                    ", last heard at " + rfc3339(time_of_day(report, heard)) + " (" +
                    rough(report.snapshot.at - heard) + " ago)");
}

void add_claim(std::vector<std::string>& lines, const Report& report, const InstanceView& view) {
    if (!view.last_claim)
        return;
    const auto& [address, mac, at] = *view.last_claim;
    lines.push_back("Address conflict: another host, " + mac.to_string() + ", said that it has " +
                    address.to_string() + " while this node held it, last at " +
                    rfc3339(time_of_day(report, at)) + " (" + rough(report.snapshot.at - at) + " ago)");
}

/// "authentication_invalid 300, checksum 2"
std::string refused_by_reason(const InstanceView& view) {
    constexpr std::string_view prefix = "rejected_";
    std::string text;
    for (const auto& [name, count] : view.counters)
        if (name.starts_with(prefix) && count != 0)
            text += (text.empty() ? "" : ", ") + name.substr(prefix.size()) + " " + std::to_string(count);
    return text;
}

/// Whose adverts are refused is not heard, so it may be Active beside us; a reflection of ours is not.
bool may_hide_a_peer(const InstanceView& view) {
    return view.state == State::active && view.last_refused->reason_code != "own_source";
}

void add_refused(std::vector<std::string>& lines, const Report& report, const InstanceView& view) {
    if (!view.last_refused)
        return;
    const auto& last = *view.last_refused;
    const auto ago = report.snapshot.at - last.at;
    auto line =
        std::string(ago < refused_lately ? "Refuses adverts: the last" : "Refused adverts: the last") +
        " came from " + last.source.to_string() + " at " + rfc3339(time_of_day(report, last.at)) + " (" +
        rough(ago) + " ago): " + last.reason;
    if (ago < refused_lately && may_hide_a_peer(view))
        line += "; this node is Active, so if that is one of its peers, there are two";
    lines.push_back(line);
    lines.push_back("  refused since the start: " + refused_by_reason(view));
}

} // namespace

void add_adverts(std::vector<std::string>& lines, const Report& report, const InstanceView& view) {
    lines.push_back(active_router_line(report, view));
    add_rival(lines, report, view);
    add_claim(lines, report, view);
    add_refused(lines, report, view);
}

} // namespace baton::control
