#include "control/status.h"

#include "control/statistics.h"
#include "control/times.h"

#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

template <class Value>
Json or_null(const std::optional<Value>& value) {
    if (!value)
        return nullptr;
    if constexpr (requires { value->to_string(); })
        return value->to_string();
    else
        return value->value;
}

Json contribution_json(const vrrp::Contribution& contribution) {
    Json json;
    json[contribution.is_interface ? "interface" : "check"] = contribution.name;
    json["weight"] = contribution.weight;
    json["applied"] = contribution.applied;
    json["up"] = contribution.known ? Json(contribution.up) : Json(nullptr);
    if (contribution.reverse)
        json["reverse"] = true;
    if (contribution.share)
        json["share"] = *contribution.share;
    return json;
}

Json priority_json(const vrrp::InstanceView& view) {
    Json contributions = Json::array();
    for (const auto& contribution : view.contributions)
        contributions.push_back(contribution_json(contribution));
    return {{"configured", view.configured_priority.value},
            {"effective", view.effective_priority.value},
            {"contributions", std::move(contributions)}};
}

Json counters_json(const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
    Json json = Json::object();
    for (const auto& [name, count] : counters)
        json[name] = count;
    return json;
}

Json faults_json(const std::vector<vrrp::FaultView>& faults) {
    Json json = Json::array();
    for (const auto& fault : faults)
        json.push_back({{"name", fault.name}, {"text", fault.text}});
    return json;
}

Json refused_json(const Report& report, const std::optional<vrrp::RefusedView>& refused) {
    if (!refused)
        return nullptr;
    return {{"reason_code", refused->reason_code},
            {"reason", refused->reason},
            {"source", refused->source.to_string()},
            {"at", rfc3339(time_of_day(report, refused->at))},
            {"ago_ms", milliseconds(report.snapshot.at - refused->at)}};
}

Json rival_json(const Report& report, const std::optional<vrrp::RivalView>& rival) {
    if (!rival)
        return nullptr;
    return {{"address", rival->address.to_string()},
            {"priority", rival->priority.value},
            {"lasts", report.snapshot.at < rival->silent},
            {"at", rfc3339(time_of_day(report, rival->heard))},
            {"ago_ms", milliseconds(report.snapshot.at - rival->heard)}};
}

Json claim_json(const Report& report, const std::optional<vrrp::ClaimView>& claim) {
    if (!claim)
        return nullptr;
    return {{"address", claim->address.to_string()},
            {"mac", claim->mac.to_string()},
            {"at", rfc3339(time_of_day(report, claim->at))},
            {"ago_ms", milliseconds(report.snapshot.at - claim->at)}};
}

Json addresses_json(const std::vector<Prefix>& addresses) {
    Json json = Json::array();
    for (const auto& address : addresses)
        json.push_back(address.to_string());
    return json;
}

Json foreign_json(const std::vector<vrrp::PlacedPrefix>& foreign) {
    Json json = Json::array();
    for (const auto& [interface, address] : foreign)
        json.push_back({{"address", address.to_string()}, {"interface", interface}});
    return json;
}

Json transition_json(const TransitionRecord& transition) {
    Json steps = Json::array();
    for (const auto& step : transition.steps)
        steps.push_back({{"what", step.what}, {"after_ms", milliseconds(step.after)}});
    return {{"number", transition.number},           {"from", to_string(transition.from)},
            {"to", to_string(transition.to)},        {"at", rfc3339(transition.at)},
            {"reason_code", transition.reason_code}, {"reason", transition.reason},
            {"priority", transition.priority},       {"steps", std::move(steps)}};
}

Json transitions_json(const Report& report, std::size_t index) {
    Json json = Json::array();
    if (index < report.transitions.size())
        for (const auto& transition : report.transitions[index])
            json.push_back(transition_json(transition));
    return json;
}

Json last_json(const Report& report, const vrrp::CheckView& view) {
    if (!view.last)
        return nullptr;
    return {{"ok", view.last->ok},
            {"detail", view.last->detail},
            {"duration_ms", milliseconds(view.last->took)},
            {"at", rfc3339(time_of_day(report, view.last->at))}};
}

Json check_json(const Report& report, std::size_t index) {
    const auto& view = report.snapshot.checks[index];
    return {{"name", view.name},
            {"type", index < report.check_types.size() ? report.check_types[index] : ""},
            {"state", to_string(view.state)},
            {"since", rfc3339(time_of_day(report, view.since))},
            {"rise", view.rise},
            {"fall", view.fall},
            {"streak", view.streak},
            {"share", view.share ? Json(*view.share) : Json(nullptr)},
            {"set_by_hand", view.set_by_hand ? Json(*view.set_by_hand ? "up" : "down") : Json(nullptr)},
            {"run_while", view.while_active ? "active" : "always"},
            {"runs", view.runs},
            {"forgotten_at",
             view.forgotten_at ? Json(rfc3339(time_of_day(report, *view.forgotten_at))) : Json(nullptr)},
            {"last", last_json(report, view)}};
}

Json preempts_from_json(const Report& report, const vrrp::InstanceView& view) {
    if (!waits_to_preempt(report, view))
        return nullptr;
    return rfc3339(time_of_day(report, *view.preempts_from));
}

/// What is left of the Active_Down_Timer.
Json timer_json(const Report& report, const vrrp::InstanceView& view) {
    if (!view.deadline)
        return nullptr;
    return milliseconds(*view.deadline - report.snapshot.at);
}

const Authentication& authentication_of(const Report& report, std::size_t index) {
    static const Authentication none;
    return index < report.authentication.size() ? report.authentication[index] : none;
}

/// Of a release that has an end.
Json release_until_json(const Report& report, const vrrp::InstanceView& view) {
    return view.release_until ? Json(rfc3339(time_of_day(report, *view.release_until))) : Json();
}

Json groups_json(const Report& report) {
    Json groups = Json::array();
    for (const auto& group : report.sync_groups)
        groups.push_back(
            {{"name", group.name}, {"members", group.members}, {"hooks", hooks_json(group.hooks)}});
    return groups;
}

/// To the millisecond: dividing a whole number once gives no digits that nobody measured.
double uptime(const Report& report) {
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(report.uptime);
    return static_cast<double>(whole.count()) / 1000;
}

/// Up to where the instances stand, and what comes after the checks.
std::string before_instances(const Report& report) {
    auto text = to_text({{"version", report.version}, {"node", report.node}, {"uptime_s", uptime(report)}});
    text.pop_back();
    return text + R"(,"instances":[)";
}

std::string after_checks(const Report& report) {
    return R"(],"counters":)" + to_text(counters_json(report.snapshot.counters)) + R"(,"statistics":)" +
           to_text(node_statistics(report)) + "}";
}

} // namespace

Hosting hosting_of(const Report& report, std::size_t index) {
    return index < report.hosting.size() ? report.hosting[index] : Hosting{};
}

HooksView hooks_of(const Report& report, std::size_t index) {
    return index < report.hooks.size() ? report.hooks[index] : HooksView{};
}

Json instance_json(const Report& report, std::size_t index) {
    const auto& view = report.snapshot.instances.at(index);
    const auto& authentication = authentication_of(report, index);
    const auto hosting = hosting_of(report, index);
    return {
        {"name", view.name},
        {"state", to_string(view.state)},
        {"handing_over", view.handing_over},
        {"gate_running", view.gate_running},
        {"released", view.released},
        {"release_until", release_until_json(report, view)},
        {"since", rfc3339(time_of_day(report, view.since))},
        {"reason_code", view.reason_code},
        {"reason", view.reason},
        {"interface", view.interface},
        {"vrid", view.vrid.value},
        {"family", view.family == Family::ipv4 ? "ipv4" : "ipv6"},
        {"vrrp_version", view.vrrp_version},
        {"authentication", authentication.kind},
        {"authentication_key", authentication.signing_key ? Json(*authentication.signing_key) : Json()},
        {"authentication_trouble", authentication.trouble.empty() ? Json() : Json(authentication.trouble)},
        {"preempt", view.preempt},
        {"preempts_from", preempts_from_json(report, view)},
        {"preempting", view.preempted_heard.has_value()},
        {"priority", priority_json(view)},
        {"advert_interval_ms", milliseconds(view.advert_interval)},
        {"active_adver_interval_ms", milliseconds(view.active_adver_interval)},
        {"active_down_timer_ms", timer_json(report, view)},
        {"active_router", or_null(view.active_router)},
        {"active_router_priority", or_null(view.active_router_priority)},
        {"rival", rival_json(report, view.rival)},
        {"primary_address", or_null(view.primary_address)},
        {"addresses", addresses_json(view.addresses)},
        {"excluded_addresses", addresses_json(view.excluded)},
        {"addresses_held", view.addresses_held},
        {"accept", hosting.accept},
        {"lease_ms", hosting.lease == Duration::zero() ? Json() : Json(milliseconds(hosting.lease))},
        {"routes_held", view.addresses_held && view.has_routes},
        {"foreign_addresses", foreign_json(view.foreign)},
        {"faults", faults_json(view.faults)},
        {"last_refused", refused_json(report, view.last_refused)},
        {"last_claim", claim_json(report, view.last_claim)},
        {"counters", counters_json(view.counters)},
        {"statistics", router_statistics(report, index)},
        {"hooks", hooks_json(hooks_of(report, index))},
        {"transitions", transitions_json(report, index)}};
}

std::string to_text(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

bool StatusText::add_to(std::string& text) {
    const auto instances = report_.snapshot.instances.size();
    const auto checks = report_.snapshot.checks.size();
    if (next_ == 0)
        text += before_instances(report_);
    else if (next_ <= instances)
        text += (next_ == 1 ? "" : ",") + to_text(instance_json(report_, next_ - 1));
    else if (next_ == instances + 1)
        text += R"(],"sync_groups":)" + to_text(groups_json(report_)) + R"(,"checks":[)";
    else if (next_ <= instances + 1 + checks)
        text += (next_ == instances + 2 ? "" : ",") + to_text(check_json(report_, next_ - instances - 2));
    else
        text += after_checks(report_);
    return ++next_ < instances + checks + 3;
}

} // namespace baton::control
