#include "control/why.h"

#include "base/duration.h"
#include "base/nearest.h"
#include "control/times.h"
#include "control/why_adverts.h"
#include "control/why_hooks.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

using Lines = std::vector<std::string>;
using vrrp::CheckView;
using vrrp::Contribution;
using vrrp::InstanceView;
using vrrp::State;

constexpr int owner_priority = 255; // RFC 9568 section 5.2.4

std::string number(int value) { return std::to_string(value); }

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

const CheckView* check_named(const Report& report, const std::string& name) {
    const auto& checks = report.snapshot.checks;
    const auto found =
        std::find_if(checks.begin(), checks.end(), [&](const auto& check) { return check.name == name; });
    return found == checks.end() ? nullptr : &*found;
}

std::string subject(const Contribution& contribution) {
    return (contribution.is_interface ? "interface " : "check ") + contribution.name;
}

/// As the reasons of faults have it.
std::string word_for(const Contribution& contribution) {
    if (!contribution.reverse)
        return contribution.up ? "up" : "down";
    return contribution.up ? "up, and should be down" : "down, as it should be";
}

std::string standing(const Contribution& contribution) {
    if (contribution.idle)
        return "it runs while active, and does not count now";
    if (!contribution.known)
        return "no result yet";
    const auto word = word_for(contribution);
    return contribution.share
               ? word + ", " + number(static_cast<int>(std::lround(*contribution.share * 100))) + " % well"
               : word;
}

/// "down: exit status 1: connection refused", "down, set by hand; its last result: 2 of 2 servers up"
std::string standing_in_full(const Report& report, const Contribution& contribution) {
    const auto* check = contribution.is_interface ? nullptr : check_named(report, contribution.name);
    if (check != nullptr && check->set_by_hand)
        return word_for(contribution) + ", set by hand" +
               (check->last ? "; its last result: " + check->last->detail : "");
    const auto words = standing(contribution);
    const bool is_well = contribution.up != contribution.reverse;
    return check != nullptr && check->last && !is_well && !contribution.idle
               ? words + ": " + check->last->detail
               : words;
}

std::string state_line(const Report& report, const InstanceView& view) {
    return view.name + " on " + view.interface + " (VRID " + number(view.vrid.value) + ") is " +
           to_string(view.state) + " since " + rfc3339(time_of_day(report, view.since)) + " (" +
           rough(report.snapshot.at - view.since) + "): " + view.reason;
}

/// "Priority 81 = 101 configured - 20 check haproxy (down: exit status 1: connection refused)"
std::string priority_line(const Report& report, const InstanceView& view) {
    const int configured = view.configured_priority.value;
    const int effective = view.effective_priority.value;
    auto line = "Priority " + number(effective) + " = " + number(configured) + " configured";
    if (configured == owner_priority)
        return line + " (owner of the addresses: nothing changes it)";
    int sum = configured;
    for (const auto& contribution : view.contributions) {
        if (contribution.applied == 0)
            continue;
        sum += contribution.applied;
        line += (contribution.applied < 0 ? " - " : " + ") + number(std::abs(contribution.applied)) + " " +
                subject(contribution) + " (" + standing_in_full(report, contribution) + ")";
    }
    return sum == effective ? line : line + " = " + number(sum) + ", kept within 1..254";
}

/// What a tracked thing that does nothing now could do.
std::string idle_weight(const Contribution& contribution) {
    const std::string bad = contribution.reverse ? "up" : "down";
    const std::string good = contribution.reverse ? "down" : "up";
    if (contribution.weight == 0)
        return bad + " is a fault";
    return contribution.weight < 0 ? bad + " would subtract " + number(-contribution.weight)
                                   : good + " would add " + number(contribution.weight);
}

void add_idle_contributions(Lines& lines, const Report& report, const InstanceView& view) {
    for (const auto& contribution : view.contributions)
        if (contribution.applied == 0)
            lines.push_back("  " + subject(contribution) + ": " + standing_in_full(report, contribution) +
                            "; " + idle_weight(contribution));
}

/// Results in a row that are about to turn a check; none turns what is set by hand.
void add_streaks(Lines& lines, const Report& report, const InstanceView& view) {
    for (const auto& contribution : view.contributions) {
        const auto* check = contribution.is_interface ? nullptr : check_named(report, contribution.name);
        if (check == nullptr || check->streak == 0 || !check->last || check->set_by_hand)
            continue;
        const bool up = check->state == CheckView::State::up;
        lines.push_back("  check " + check->name + ": " + std::to_string(check->streak) + " of " +
                        std::to_string(up ? check->fall : check->rise) + " results in a row to be " +
                        (up ? "down" : "up") + "; the last: " + check->last->detail);
    }
}

std::vector<std::string> words(const std::vector<Prefix>& addresses) {
    std::vector<std::string> all;
    all.reserve(addresses.size());
    for (const auto& address : addresses)
        all.push_back(address.to_string());
    return all;
}

std::string addresses_line(const InstanceView& view) {
    const auto addresses = words(view.addresses);
    std::string line = (view.addresses_held ? "Holds " : "Does not hold ") + joined(addresses);
    if (!view.excluded.empty())
        line += "; outside the adverts " + joined(words(view.excluded));
    if (!view.addresses_held && !view.addresses_own.empty())
        line += "; but this host's own are on it all the same (priority 255): " +
                joined(words(view.addresses_own));
    return line + (view.has_routes ? "; and the routes and rules that go with them" : "");
}

/// Without that setting, with the first IPv4 address of a network go all others of it (ip-sysctl(5)).
std::string how_to_remove(const std::string& interface, const Prefix& address) {
    const auto first = address.address.family() == Family::ipv4
                           ? "sysctl -w net.ipv4.conf." + interface + ".promote_secondaries=1; "
                           : std::string();
    return first + "ip address del " + address.to_string() + " dev " + interface;
}

void add_foreign(Lines& lines, const InstanceView& view) {
    for (const auto& [interface, address] : view.foreign)
        lines.push_back(
            address.to_string() + " is on " + interface +
            " and was not put there by baton: it is answered for here, whoever is Active; remove it (" +
            how_to_remove(interface, address) + ") and whatever configures it");
}

void add_hosting(Lines& lines, const Hosting& hosting) {
    if (hosting.lease != Duration::zero())
        lines.push_back("Lease of " + format_duration(hosting.lease) +
                        ": the kernel drops the addresses if batond is killed or hangs");
    if (!hosting.accept)
        lines.emplace_back("Accept_Mode is off (\"accept\": false): packets to the addresses are dropped");
}

void add_authentication(Lines& lines, const Report& report, std::size_t index) {
    if (index >= report.authentication.size() || report.authentication[index].kind == "none")
        return;
    const auto& authentication = report.authentication[index];
    lines.push_back(
        "Authentication: " + authentication.kind +
        (authentication.signing_key ? ", key " + number(*authentication.signing_key) + " signs" : ""));
    if (!authentication.trouble.empty())
        lines.push_back("Trouble with authentication: " + authentication.trouble);
}

/// The preempt_delay, as long as it lasts.
void add_preempt_delay(Lines& lines, const Report& report, const InstanceView& view) {
    if (!waits_to_preempt(report, view))
        return;
    const bool lower = view.active_router && view.active_router_priority &&
                       *view.active_router_priority != vrrp::resigning &&
                       *view.active_router_priority < view.effective_priority;
    lines.push_back(
        "Waits to preempt (preempt_delay): until " + rfc3339(time_of_day(report, *view.preempts_from)) +
        " (" + rough(*view.preempts_from - report.snapshot.at) + " more) " +
        (lower ? view.active_router->to_string() + ", which is lower," : "a lower Active router") +
        " is left alone");
}

void add_next(Lines& lines, const Report& report, const InstanceView& view) {
    if (view.handing_over)
        lines.push_back("Handing over: has resigned, keeps its addresses until the successor is heard");
    if (view.gate_running)
        lines.push_back("At its gate: takes over when its before_active hooks have succeeded; until then it "
                        "sends nothing");
    if (view.released)
        lines.push_back("Released by hand: takes nothing over, " +
                        (view.release_until
                             ? "until " + rfc3339(time_of_day(report, *view.release_until)) + " (" +
                                   rough(*view.release_until - report.snapshot.at) + " more), or "
                             : std::string("until ")) +
                        "`batonctl resume " + view.name + "`");
    if (view.released && !view.active_router)
        lines.push_back(
            "No other router is heard: nobody answers for the addresses, as far as is seen from here; "
            "`batonctl resume " +
            view.name + "` takes them");
    if (view.state == State::backup && view.deadline)
        lines.push_back("Takes over in " +
                        format_milliseconds(std::max(Duration(0), *view.deadline - report.snapshot.at)) +
                        " unless " + (view.preempted_heard ? "a higher router's advert" : "an advert") +
                        " comes (Active_Down_Timer)");
    add_preempt_delay(lines, report, view);
    if (view.state == State::backup && !view.preempt)
        lines.push_back("Preemption is off: does not take over from an active router of lower priority");
}

std::string steps_line(const TransitionRecord& transition) {
    std::vector<std::string> steps;
    for (const auto& step : transition.steps)
        steps.push_back(step.what + " +" + format_milliseconds(step.after));
    return "     " + joined(steps);
}

void add_transitions(Lines& lines, const std::vector<TransitionRecord>& transitions) {
    lines.push_back(transitions.empty() ? "No transitions yet" : "Last transitions, newest first:");
    for (auto transition = transitions.rbegin(); transition != transitions.rend(); ++transition) {
        lines.push_back("  #" + std::to_string(transition->number) + " " + rfc3339(transition->at) + " " +
                        to_string(transition->from) + " -> " + to_string(transition->to) + ", priority " +
                        number(transition->priority) + ": " + transition->reason);
        if (!transition->steps.empty())
            lines.push_back(steps_line(*transition));
    }
}

/// A group that is made of routers that run moves none of them (decision 019).
void add_split_group(Lines& lines, const Report& report, const InstanceView& view) {
    const auto& instances = report.snapshot.instances;
    for (const auto& group : report.sync_groups) {
        const auto is_member = [&](const std::string& name) {
            return std::find(group.members.begin(), group.members.end(), name) != group.members.end();
        };
        const auto member_that = [&](vrrp::State state) {
            return std::find_if(instances.begin(), instances.end(), [&](const InstanceView& one) {
                return one.state == state && is_member(one.name);
            });
        };
        const auto active = member_that(vrrp::State::active);
        const auto backup = member_that(vrrp::State::backup);
        if (is_member(view.name) && active != instances.end() && backup != instances.end())
            lines.push_back("Its group " + group.name +
                            " is split, as it was when the group was made: " + active->name +
                            " is active here, and " + backup->name + " is not; `batonctl release " +
                            active->name + " --for 1m` brings its members together on the other node");
    }
}

} // namespace

Result<std::size_t, Error> find_instance(const Report& report, std::string_view name) {
    std::vector<std::string> names;
    for (const auto& instance : report.snapshot.instances)
        names.push_back(instance.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end())
        return static_cast<std::size_t>(found - names.begin());
    const auto meant = nearest(name, names);
    return Error{"there is no instance \"" + std::string(name) + "\"" +
                 (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") +
                 (names.empty() ? " (there are none)" : " (there are: " + joined(names) + ")")};
}

std::vector<std::string> why_text(const Report& report, std::size_t index) {
    const auto& view = report.snapshot.instances.at(index);
    Lines lines{state_line(report, view)};
    for (const auto& fault : view.faults)
        lines.push_back("Fault " + fault.name + ": " + fault.text);
    lines.push_back(priority_line(report, view));
    add_idle_contributions(lines, report, view);
    add_streaks(lines, report, view);
    lines.push_back(addresses_line(view));
    add_foreign(lines, view);
    add_split_group(lines, report, view);
    add_hosting(lines, hosting_of(report, index));
    add_adverts(lines, report, view);
    add_authentication(lines, report, index);
    add_next(lines, report, view);
    add_hooks(lines, hooks_of(report, index));
    if (index < report.transitions.size())
        add_transitions(lines, report.transitions[index]);
    return lines;
}

Json why_json(const Report& report, std::size_t index) {
    return {{"name", report.snapshot.instances.at(index).name},
            {"text", why_text(report, index)},
            {"instance", instance_json(report, index)}};
}

} // namespace baton::control
