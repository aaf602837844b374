#include "tests/conformance/state_table.h"

#include "tests/conformance/stage.h"
#include "vrrp/timing.h"

#include <map>

namespace baton::conformance {

using namespace std::chrono_literals;
using namespace vrrp;

namespace {

void startup(Stage& stage) {
    stage.probe(true);
    stage.command(Command::startup);
}

constexpr Priority lowered{90};

void weighs(Stage& stage) { stage.instance().track.front().weight = -10; }

void owns(Stage& stage) { stage.instance().priority = owner; }

const std::vector<Cause>& causes() {
    static const std::vector<Cause> all{
        {"Startup", startup},
        {"Startup, priority 255", startup, owns},
        {"Startup, a tracked check has no result yet", [](Stage& s) { s.command(Command::startup); }},
        {"Shutdown", [](Stage& s) { s.command(Command::shutdown); }},
        {"the timer fires", [](Stage& s) { s.to_deadline(); }},
        {"the timer fires, the kernel refuses `hold`",
         [](Stage& s) {
             s.refuses_hold = true;
             s.to_deadline();
         }},
        {"advert with priority 0", [](Stage& s) { s.hear(0, greater_address); }},
        {"advert with a higher priority", [](Stage& s) { s.hear(101, lesser_address); }},
        {"advert with our priority, greater address", [](Stage& s) { s.hear(100, greater_address); }},
        {"advert with our priority, lesser address", [](Stage& s) { s.hear(100, lesser_address); }},
        {"advert with a lower priority", [](Stage& s) { s.hear(99, greater_address); }},
        {"advert with a lower priority, not preempting", [](Stage& s) { s.hear(99, greater_address); },
         [](Stage& s) { s.instance().preempt = false; }},
        {"advert with a lower priority, of the router it yielded to",
         [](Stage& s) {
             s.hear(101, greater_address);
             s.hear(99, greater_address);
         }},
        {"advert from our own address", [](Stage& s) { s.hear(101, own_address); }},
        {"the link goes", [](Stage& s) { s.link(false); }},
        {"a tracked check goes down (weight 0)", [](Stage& s) { s.probe(false); }},
        {"the last fault goes", [](Stage& s) { s.probe(true); }},
        {"our priority changes (a weight)", [](Stage& s) { s.probe(false); }, weighs},
        {"the interface has another MAC address", [](Stage& s) { s.other_mac(); }},
        {"a virtual address is gone", [](Stage& s) { s.addresses(false); }},
        {"a virtual address with our mark is there", [](Stage& s) { s.addresses(true); }},
        {"released by hand", [](Stage& s) { s.feed(ReleaseAsked{InstanceId{0}}); }},
        {"woken 10 s late",
         [](Stage& s) {
             s.pass(10s);
             s.feed(Elapsed{});
         }},
    };
    return all;
}

/// Which transition of RFC 9568 section 6.4 an event is, in the order of state_names(); "+" is ours, and
/// where there is nothing the event cannot happen.
const std::map<std::string, std::vector<std::string>>& transitions() {
    static const std::map<std::string, std::vector<std::string>> all{
        {"Startup", {"T2", "", "", "", ""}},
        {"Startup, priority 255", {"T1", "", "", "", ""}},
        {"Startup, a tracked check has no result yet", {"+", "", "", "", ""}},
        {"Shutdown", {"T4", "T5", "T10", "+", "T5"}},
        {"the timer fires", {"T3", "T6", "T11", "+", "T3"}},
        {"the timer fires, the kernel refuses `hold`", {"", "+", "", "", ""}},
        {"advert with priority 0", {"T3", "T7", "T12", "+", "T3"}},
        {"advert with a higher priority", {"T3", "T8", "T13", "+", "T3"}},
        {"advert with our priority, greater address", {"T3", "T8", "T14", "+", "T3"}},
        {"advert with our priority, lesser address", {"T3", "T8", "T15", "+", "T3"}},
        {"advert with a lower priority", {"T3", "T9", "T15", "+", "T3"}},
        {"advert with a lower priority, not preempting", {"T3", "T8", "T15", "+", "T3"}},
        {"advert with a lower priority, of the router it yielded to", {"", "+", "", "", ""}},
        {"advert from our own address", {"T16", "T16", "T16", "T16", "T16"}},
        {"the link goes", {"+", "+", "+", "+", "+"}},
        {"a tracked check goes down (weight 0)", {"+", "+", "+", "+", ""}},
        {"the last fault goes", {"", "", "", "", "T2"}},
        {"our priority changes (a weight)", {"", "+", "+", "+", ""}},
        {"the interface has another MAC address", {"", "+", "+", "+", ""}},
        {"a virtual address is gone", {"", "", "+", "+", ""}},
        {"a virtual address with our mark is there", {"+", "+", "", "", "+"}},
        {"released by hand", {"+", "+", "+", "+", "+"}},
        {"woken 10 s late", {"T3", "T6", "+", "+", "T3"}},
    };
    return all;
}

std::optional<std::string> action(const Effect& effect) {
    if (const auto* send = std::get_if<SendAdvert>(&effect))
        return send->advert.priority == resigning ? "advert with priority 0" : "advert";
    if (std::holds_alternative<HoldAddresses>(effect))
        return "hold";
    if (std::holds_alternative<ReleaseAddresses>(effect))
        return "release";
    if (std::holds_alternative<HoldRoutes>(effect))
        return "hold routes";
    if (std::holds_alternative<ReleaseRoutes>(effect))
        return "release routes";
    if (std::holds_alternative<Announce>(effect))
        return "announce";
    return std::nullopt; // what is told, not done
}

/// How the Active_Down_Timer was armed by the event, if it was.
std::optional<std::string> arming(const Stage& stage, const std::optional<Time>& before) {
    const auto deadline = stage.view().deadline;
    if (!deadline || deadline == before)
        return std::nullopt;
    constexpr Priority ours{100};
    constexpr Duration own = 1s;
    const auto left = *deadline - stage.now;
    if (left == active_down_interval(ours, own))
        return "arm ADI";
    if (left == active_down_interval(ours, heard_interval))
        return "learn interval, arm ADI";
    if (left == skew_time(ours, own) || left == skew_time(ours, heard_interval))
        return "arm Skew_Time";
    if (left == own + skew_time(ours, own))
        return "arm one interval + Skew_Time";
    if (before && *deadline - *before == active_down_interval(lowered, own) - active_down_interval(ours, own))
        return "lengthen ADI";
    return "arm something else";
}

std::string state_of(const Stage& stage) {
    const auto view = stage.view();
    return view.handing_over ? "handing over" : to_string(view.state);
}

Reaction react(const Cause& cause, const std::string& state, const std::string& transition) {
    Reaction reaction{transition, state, {}, {}};
    if (transition.empty())
        return reaction;
    Stage stage;
    cause.prepare(stage);
    stage.enter(state);
    stage.pass(200ms);
    const auto before = stage.view().deadline;
    cause.happen(stage);
    for (const auto& effect : stage.effects)
        if (const auto done = action(effect))
            reaction.actions.push_back(*done);
    if (const auto armed = arming(stage, before))
        reaction.actions.push_back(*armed);
    reaction.next = state_of(stage);
    return reaction;
}

std::string cell(const Reaction& reaction) {
    if (reaction.transition.empty())
        return "";
    std::string text = reaction.transition + ":";
    for (const auto& one : reaction.actions)
        text += (text.back() == ':' ? " " : ", ") + one;
    if (reaction.next != reaction.state)
        text += " → " + reaction.next;
    return text.back() == ':' ? text + " nothing" : text;
}

} // namespace

const std::vector<std::string>& state_names() {
    static const std::vector<std::string> names{"initialize", "backup", "active", "handing over", "fault"};
    return names;
}

std::vector<Row> state_table() {
    std::vector<Row> table;
    for (const auto& cause : causes()) {
        Row row{cause.words, {}};
        for (std::size_t i = 0; i < state_names().size(); ++i)
            row.reactions.push_back(react(cause, state_names()[i], transitions().at(cause.words)[i]));
        table.push_back(std::move(row));
    }
    return table;
}

std::string format(const std::vector<Row>& table) {
    std::string text = "| event |";
    for (const auto& state : state_names())
        text += " " + state + " |";
    text += "\n|---|---|---|---|---|---|\n";
    for (const auto& row : table) {
        text += "| " + row.event + " |";
        for (const auto& reaction : row.reactions)
            text += " " + cell(reaction) + (cell(reaction).empty() ? "|" : " |");
        text += "\n";
    }
    return text;
}

} // namespace baton::conformance
