// What the log says of hooks, and of the gates and releases that go by them.
#include "base/duration.h"
#include "base/printable.h"
#include "control/times.h"
#include "daemon/log_line.h"

namespace baton::daemon {
namespace {

using Json = nlohmann::ordered_json;

/// "group mail: " before the words about a group; an instance stands before every line of its own.
std::string about(const std::string& group) { return group.empty() ? "" : "group " + group + ": "; }

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

/// "hook active (/usr/bin/x start)"
std::string hook_in_words(const control::HookRun& run) {
    return "hook " + run.event + " (" + printable(joined(run.run, " ")) + ")" +
           (run.by_hand ? ", by hand," : "");
}

Json hook_fields(const std::string& group, const control::HookRun& run) {
    Json fields{
        {"hook", run.event}, {"run", run.run}, {"number", run.number}, {"transition", run.transition}};
    if (!group.empty())
        fields["group"] = group;
    if (run.by_hand)
        fields["by_hand"] = true;
    return fields;
}

/// What it printed last, on one line.
std::string tail_of(const std::string& output) {
    constexpr std::size_t longest = 500;
    const auto from = output.size() > longest ? output.size() - longest : 0;
    auto text = printable(std::string_view(output).substr(from));
    const auto end = text.find_last_not_of(' ');
    text.erase(end == std::string::npos ? 0 : end + 1);
    return text.empty() ? text : "; it said: " + text;
}

} // namespace

void Log::release_begun(const std::string& instance, bool active) {
    write({LogLevel::info, "release_begun", instance,
           active ? "to be released: its release hooks, and then it hands over"
                  : "to be released: it is not Active, so it only stands aside",
           Json::object()});
}

void Log::released(const std::string& instance, std::optional<control::WallTime> until,
                   const std::string& how) {
    const auto end = until ? Json(control::rfc3339(*until)) : Json();
    write({LogLevel::info,
           "released",
           instance,
           "stands aside until " + (until ? control::rfc3339(*until) + " or " : std::string()) +
               "`batonctl resume " + instance + "`: " + how,
           {{"until", end}, {"how", how}}});
}

void Log::release_refused(const std::string& instance, const std::string& why) {
    write({LogLevel::warning, "release_refused", instance, "not released: " + why, {{"why", why}}});
}

void Log::releases_not_kept(const std::string& why) {
    write({LogLevel::warning,
           "releases_not_kept",
           "",
           "who is released will not be known after a restart: " + why,
           {{"why", why}}});
}

void Log::resumed(const std::string& instance) {
    write({LogLevel::info, "resumed", instance, "takes part again, by hand", Json::object()});
}

void Log::gate_begun(const std::string& instance) {
    write({LogLevel::info, "gate_begun", instance,
           "about to take over: runs its before_active hooks first, and sends nothing meanwhile",
           Json::object()});
}

void Log::gate_dropped(const std::string& instance) {
    write({LogLevel::info, "gate_dropped", instance,
           "does not take over now: its before_active hooks, ended or not, were for nothing",
           Json::object()});
}

void Log::hook_started(const std::string& instance, const std::string& group, const control::HookRun& run) {
    write({LogLevel::info, "hook_started", instance, about(group) + hook_in_words(run) + " begins",
           hook_fields(group, run)});
}

void Log::hook_ended(const std::string& instance, const std::string& group, const control::HookRun& run) {
    const bool failed = run.state == "failed";
    auto fields = hook_fields(group, run);
    fields["state"] = run.state;
    fields["detail"] = run.detail;
    fields["duration_ms"] = control::milliseconds(run.took);
    fields["output"] = run.output;
    const auto after = run.took == Duration::zero() ? "" : " after " + format_milliseconds(run.took);
    const auto* what = failed ? " failed" : run.state == "superseded" ? " is given up" : " is done";
    write({failed ? LogLevel::warning : LogLevel::info, "hook_ended", instance,
           about(group) + hook_in_words(run) + what + after + ": " + run.detail + tail_of(run.output),
           fields});
}

void Log::hooks_abandoned(const std::vector<std::string>& names) {
    write({LogLevel::warning,
           "hooks_abandoned",
           "",
           "batond was told twice to end: the hooks of " + joined(names, ", ") + " are killed",
           {{"names", names}}});
}

void Log::notify_line_lost(const std::string& path, std::uint64_t lost) {
    write({LogLevel::warning,
           "notify_line_lost",
           "",
           "nobody reads " + path + " and it is full: " + std::to_string(lost) +
               (lost == 1 ? " line was lost" : " lines were lost"),
           {{"path", path}, {"lost", lost}}});
}

} // namespace baton::daemon
