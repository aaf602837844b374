#include "control/commands_hooks.h"

#include "base/duration.h"
#include "control/client.h"
#include "control/table.h"

#include <nlohmann/json.hpp>
#include <ostream>

namespace baton::control {
namespace {

using Listed = Result<void, HookFailure>;

/// Longer than twenty hooks of an hour each, behind others: the daemon ends each at its timeout.
constexpr Duration as_long_as_it_takes = std::chrono::hours(48);

HookFailure failure(const Error& error) { return {error.text, 1}; }

std::string target(const HooksRequest& request) {
    return "/v1/instances/" + percent_encoded(request.instance) + "/hooks/" + percent_encoded(request.event);
}

void print_json(const Json& json, std::ostream& out) { out << to_text(json, 2) << '\n'; }

std::string in_quotes(const Json& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word.dump();
    return text;
}

Duration in_milliseconds(const Json& value) {
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double, std::milli>(value.get<double>()));
}

void print_plan(const Json& hook, std::ostream& out) {
    out << in_quotes(hook.at("argv")) << "\n  at most "
        << format_duration(in_milliseconds(hook.at("timeout_ms")));
    for (const auto* key : {"user", "group", "directory"})
        if (const auto& value = hook.at(key); !value.is_null())
            out << ", " << key << ' ' << value.get<std::string>();
    out << '\n';
    for (const auto& [name, value] : hook.at("environment").items())
        out << "  " << name << '=' << value.get<std::string>() << '\n';
    if (const auto& input = hook.at("input"); !input.is_null())
        out << "  stdin: " << input.get<std::string>();
}

/// The output of each, as it is; what went wrong is for the end.
void print_runs(const Json& runs, std::ostream& out) {
    for (const auto& run : runs)
        out << run.at("output").get<std::string>();
}

/// Of the first that failed.
int status_of(const Json& runs) {
    for (const auto& run : runs)
        if (run.at("state") != "ok")
            return run.at("status").is_null() || run.at("status") == 0 ? 1 : run.at("status").get<int>();
    return 1;
}

} // namespace

Listed list_hooks(const HooksRequest& request, std::ostream& out) {
    const auto status = get(request.socket, "/v1/status");
    if (!status)
        return failure(status.error());
    if (!request.json) {
        out << hooks_table(*status);
        return {};
    }
    Json lists = Json::object();
    for (const auto* kind : {"instances", "sync_groups"})
        for (const auto& one : status->at(kind))
            lists[kind][one.at("name").get<std::string>()] = one.at("hooks");
    print_json(lists, out);
    return {};
}

Listed show_hooks(const HooksRequest& request, std::ostream& out) {
    const auto plan = get(request.socket, target(request));
    if (!plan)
        return failure(plan.error());
    if (request.json)
        print_json(*plan, out);
    else
        for (const auto& hook : plan->at("hooks"))
            print_plan(hook, out);
    return {};
}

Listed run_hooks(const HooksRequest& request, std::ostream& out) {
    const auto reply = post(request.socket, target(request), as_long_as_it_takes);
    if (!reply)
        return failure(reply.error());
    if (reply->status != 200)
        return HookFailure{reply->body.at("error").get<std::string>(), 1};
    if (request.json)
        print_json(reply->body, out);
    else
        print_runs(reply->body.at("runs"), out);
    if (reply->body.at("ok").get<bool>())
        return {};
    return HookFailure{reply->body.at("why").get<std::string>(), status_of(reply->body.at("runs"))};
}

} // namespace baton::control
