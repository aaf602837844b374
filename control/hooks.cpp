#include "control/hooks.h"

#include "base/duration.h"
#include "base/printable.h"
#include "control/times.h"

#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json configured_json(const ConfiguredHook& hook) {
    return {{"event", hook.event},
            {"run", hook.run},
            {"timeout_ms", milliseconds(hook.timeout)},
            {"user", or_null(hook.user)},
            {"group", or_null(hook.group)},
            {"convention", hook.convention}};
}

Json run_json(const HookRun& run) {
    const bool over = run.state != "running";
    return {{"number", run.number},
            {"event", run.event},
            {"transition", run.transition},
            {"by_hand", run.by_hand},
            {"run", run.run},
            {"at", rfc3339(run.at)},
            {"state", run.state},
            {"detail", or_null(run.detail)},
            {"status", run.status >= 0 ? Json(run.status) : Json(nullptr)},
            {"output", run.output},
            {"duration_ms", over ? Json(milliseconds(run.took)) : Json(nullptr)}};
}

Json runs_json(const std::vector<HookRun>& runs) {
    Json json = Json::array();
    for (const auto& run : runs)
        json.push_back(run_json(run));
    return json;
}

Json environment_json(const std::vector<std::string>& entries) {
    Json json = Json::object();
    for (const auto& entry : entries) {
        const auto equals = entry.find('=');
        json[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return json;
}

} // namespace

Json hooks_json(const HooksView& view) {
    Json configured = Json::array();
    for (const auto& hook : view.configured)
        configured.push_back(configured_json(hook));
    return {{"configured", std::move(configured)}, {"waiting", view.waiting}, {"runs", runs_json(view.runs)}};
}

Json plan_json(const std::string& instance, const std::string& event, const std::vector<HookPlan>& plan) {
    Json hooks = Json::array();
    for (const auto& one : plan) {
        auto hook = configured_json(one.hook);
        hook["argv"] = one.argv;
        hook["environment"] = environment_json(one.environment);
        hook["directory"] = or_null(one.directory);
        hook["input"] = or_null(one.input);
        hooks.push_back(std::move(hook));
    }
    return {{"instance", instance}, {"event", event}, {"hooks", std::move(hooks)}};
}

Json result_json(const std::string& instance, const std::string& event, const HookResult& result) {
    return {{"instance", instance},
            {"event", event},
            {"ok", result.ok},
            {"why", or_null(result.why)},
            {"runs", runs_json(result.runs)}};
}

std::string describe(const HookRun& run) {
    std::string words = run.event + " (";
    for (const auto& word : run.run)
        words += (words.ends_with('(') ? "" : " ") + printable(word);
    words += run.by_hand ? "), by hand, " : ") ";
    if (run.state == "running")
        return words + "is running since " + rfc3339(run.at);
    const auto what = run.state == "failed"       ? "failed"
                      : run.state == "superseded" ? "was given up"
                                                  : "went well";
    return words + what + " at " + rfc3339(run.at) + ": " + run.detail;
}

} // namespace baton::control
