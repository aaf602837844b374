#include "daemon/logging.h"

#include "base/duration.h"
#include "base/printable.h"
#include "control/times.h"
#include "daemon/stderr_sink.h"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

namespace baton::daemon {
namespace {

using Json = nlohmann::ordered_json;

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

const char* name(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "";
}

Json steps_of(const control::TransitionRecord& record) {
    auto steps = Json::array();
    for (const auto& step : record.steps)
        steps.push_back({{"what", step.what}, {"after_ms", control::milliseconds(step.after)}});
    return steps;
}

/// "addresses_held 0.12 ms, advert_sent 0.15 ms"
std::string steps_in_words(const control::TransitionRecord& record) {
    std::string words;
    for (const auto& step : record.steps) {
        auto what = step.what;
        std::replace(what.begin(), what.end(), '_', ' ');
        words += (words.empty() ? " [" : ", ") + what + " after " + format_milliseconds(step.after);
    }
    return words.empty() ? words : words + "]";
}

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

LogLevel level_of(const control::TransitionRecord& record) {
    return record.to == vrrp::State::fault ? LogLevel::warning : LogLevel::info;
}

} // namespace

/// One line, in both of its forms: `message` for people; event and fields for programs.
struct Log::Line {
    LogLevel level;
    const char* event;
    std::string instance; ///< empty when it is about the whole daemon
    std::string message;
    Json fields = Json::object();
};

Log::Log(LogFormat format, LogLevel level) : format_(format), sink_(std::make_shared<StderrSink>()) {
    logger_ = std::make_shared<spdlog::logger>("batond", sink_);
    logger_->set_level(spdlog_level(level));
    const auto* text_pattern = "%Y-%m-%dT%H:%M:%S.%f%z %l: %v";
    // In JSON the members are ours; only the opening with time and level is the pattern's.
    const auto* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ",%v})";
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format == LogFormat::json ? json_pattern : text_pattern,
        format == LogFormat::json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local));
}

Log::~Log() = default;

void Log::write(const Line& line) {
    if (format_ == LogFormat::text) {
        logger_->log(spdlog_level(line.level), "{}{}{}", line.instance, line.instance.empty() ? "" : ": ",
                     line.message);
        return;
    }
    Json json{{"level", name(line.level)}, {"event", line.event}};
    if (!line.instance.empty())
        json["instance"] = line.instance;
    json.update(line.fields);
    json["message"] = line.message;
    // Untrusted octets (a script's output) may be no UTF-8; the line must be JSON all the same.
    const auto object = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    logger_->log(spdlog_level(line.level), "{}", object.substr(1, object.size() - 2));
}

void Log::started(const std::string& version, const std::string& node, std::size_t instances) {
    write({LogLevel::info,
           "started",
           "",
           "batond " + version + " on " + node + " takes part with " + std::to_string(instances) +
               (instances == 1 ? " instance" : " instances"),
           {{"version", version}, {"node", node}, {"instances", instances}}});
}

void Log::stopping(const std::string& signal) {
    write({LogLevel::info, "stopping", "", signal + ": handing over and stopping", {{"signal", signal}}});
}

void Log::stopped() {
    write({LogLevel::info, "stopped", "", "stopped; no address that batond has set is left"});
}

void Log::cannot_start(const std::string& why) { write({LogLevel::error, "cannot_start", "", why}); }

void Log::held_off(Duration pause) {
    write(
        {LogLevel::info,
         "held_off",
         "",
         "the last run had no orderly end, so peers' adverts may look repeated for a moment: takes part in " +
             format_milliseconds(pause),
         {{"pause_ms", control::milliseconds(pause)}}});
}

void Log::transition(const std::string& instance, const control::TransitionRecord& record) {
    const std::string from = to_string(record.from);
    const std::string to = to_string(record.to);
    write({level_of(record),
           "transition",
           instance,
           from + " -> " + to + ": " + record.reason + steps_in_words(record),
           {{"number", record.number},
            {"from", from},
            {"to", to},
            {"at", control::rfc3339(record.at)},
            {"reason_code", record.reason_code},
            {"reason", record.reason},
            {"priority", record.priority},
            {"steps", steps_of(record)}}});
}

void Log::address_repaired(const std::string& instance, const std::string& interface, Duration took) {
    write({LogLevel::warning,
           "address_repaired",
           instance,
           "somebody removed or replaced a virtual address on " + interface + "; it was put right in " +
               format_milliseconds(took),
           {{"interface", interface}, {"took_ms", control::milliseconds(took)}}});
}

void Log::virtual_mac_restored(const std::string& interface, const std::string& found) {
    write({LogLevel::warning,
           "virtual_mac_restored",
           "",
           "somebody gave " + interface + " the MAC address " + found + "; it has its virtual one again",
           {{"interface", interface}, {"found", found}}});
}

void Log::routes_repaired(const std::string& instance, std::size_t count) {
    write({LogLevel::warning,
           "routes_repaired",
           instance,
           std::to_string(count) +
               (count == 1 ? " route or rule was missing and is" : " routes or rules were missing and are") +
               " there again",
           {{"count", count}}});
}

void Log::priority_changed(const std::string& instance, int from, int to) {
    write({LogLevel::info,
           "priority_changed",
           instance,
           "priority " + std::to_string(from) + " -> " + std::to_string(to),
           {{"from", from}, {"to", to}}});
}

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

void Log::noticed(const std::string& instance, const std::string& interface, const vrrp::Notice& notice) {
    Json fields{{"interface", interface}, {"source", notice.source.to_string()}, {"untold", notice.untold}};
    if (notice.rejected)
        fields["reason"] = vrrp::to_string(*notice.rejected);
    write({notice.is_trouble() ? LogLevel::warning : LogLevel::info,
           notice.rejected ? "advert_refused" : vrrp::to_string(notice.kind), instance,
           (instance.empty() ? interface + ": " : "") + vrrp::describe(notice), fields});
}

void Log::check_runs(const std::string& check, bool runs) {
    write({LogLevel::info,
           "check_runs",
           "",
           "check " + check +
               (runs ? " runs: an instance that tracks it is active"
                     : " ends: no instance that tracks it is active"),
           {{"check", check}, {"runs", runs}}});
}

void Log::check_forgotten(const std::string& check) {
    write({LogLevel::info,
           "check_forgotten",
           "",
           "check " + check + ": what it found when it ran counts no longer",
           {{"check", check}}});
}

void Log::check_changed(const std::string& check, bool up, const std::string& detail) {
    write({up ? LogLevel::info : LogLevel::warning,
           "check_changed",
           "",
           "check " + check + " is " + (up ? "up" : "down") + ": " + detail,
           {{"check", check}, {"state", up ? "up" : "down"}, {"detail", detail}}});
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

void Log::effect_failed(const std::string& instance, const char* effect, const std::string& why) {
    write({LogLevel::error,
           "effect_failed",
           instance,
           std::string(effect) + " failed: " + why,
           {{"effect", effect}, {"why", why}}});
}

void Log::link_changed(const std::string& interface, const char* state) {
    write({LogLevel::info,
           "link_changed",
           "",
           "interface " + interface + " is " + state,
           {{"interface", interface}, {"state", state}}});
}

void Log::socket_failed(const std::string& interface, const std::string& why) {
    write({LogLevel::error,
           "socket_failed",
           "",
           "no adverts on " + interface + ": " + why,
           {{"interface", interface}, {"why", why}}});
}

void Log::netlink_failed(const std::string& why) {
    write({LogLevel::error,
           "netlink_failed",
           "",
           "the kernel's tables cannot be read: " + why,
           {{"why", why}}});
}

void Log::reloaded(const control::Reload& reload) {
    auto changes = Json::array();
    std::string words = "the configuration was read again: ";
    for (const auto& change : reload.changes) {
        changes.push_back(change.text);
        words += change.text + ", ";
    }
    write({LogLevel::info, "reloaded", "", words + reload.unchanged, {{"changes", std::move(changes)}}});
}

void Log::not_reloaded(const control::Reload& reload) {
    auto errors = Json::array();
    std::string words =
        (reload.dry_run ? "a dry run, which changes nothing, found why a reload would be refused: " : "") +
        reload.error;
    for (const auto& problem : reload.problems) {
        errors.push_back(problem.text);
        words += "; " + problem.text;
    }
    // Whoever only asks has done nothing wrong, and nothing is left undone.
    write({reload.dry_run ? LogLevel::info : LogLevel::error,
           reload.dry_run ? "dry_run_refused" : "not_reloaded",
           "",
           words,
           {{"errors", std::move(errors)}}});
}

void Log::table_reread(std::uint64_t overruns) {
    write({LogLevel::warning,
           "table_reread",
           "",
           "the kernel reported more changes than could be read; its tables were read anew (" +
               std::to_string(overruns) + " times so far)",
           {{"overruns", overruns}}});
}

void Log::signatures(const Signatures::News& news) {
    const auto& instance = news.instance;
    using Kind = Signatures::News::Kind;
    switch (news.kind) {
    case Kind::trouble:
        return write({LogLevel::error, "authentication_trouble", instance, news.text, {{"why", news.text}}});
    case Kind::trouble_ended:
        return write(
            {LogLevel::info, "authentication_well", instance, "the numbers of adverts are kept again"});
    case Kind::keys_read:
        return write({LogLevel::info, "keys_read", instance, "its key file was read again: " + news.text});
    }
}

void Log::flush() { logger_->flush(); }

} // namespace baton::daemon
