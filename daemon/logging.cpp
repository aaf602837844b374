#include "daemon/logging.h"

#include "base/duration.h"
#include "control/times.h"
#include "daemon/log_line.h"
#include "daemon/stderr_sink.h"

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

LogLevel level_of(const control::TransitionRecord& record) {
    return record.to == vrrp::State::fault ? LogLevel::warning : LogLevel::info;
}

} // namespace

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

void Log::noticed(const std::string& instance, const std::string& interface, const vrrp::Notice& notice) {
    Json fields{{"interface", interface}, {"source", notice.source.to_string()}, {"untold", notice.untold}};
    if (notice.rejected)
        fields["reason"] = vrrp::to_string(*notice.rejected);
    if (notice.mac)
        fields["mac"] = notice.mac->to_string();
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

void Log::effect_failed(const std::string& instance, const char* effect, const std::string& why,
                        std::uint64_t untold) {
    const auto more =
        untold == 0 ? "" : " (and " + std::to_string(untold) + " more since this was last told)";
    write({LogLevel::error,
           "effect_failed",
           instance,
           std::string(effect) + " failed: " + why + more,
           {{"effect", effect}, {"why", why}, {"untold", untold}}});
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

void Log::claims_unheard(const std::string& interface, const std::string& why) {
    write({LogLevel::warning,
           "claims_unheard",
           "",
           "who else claims a virtual address on " + interface + " cannot be heard: " + why,
           {{"interface", interface}, {"why", why}}});
}

void Log::virtual_mac_failed(const std::string& why) {
    write({LogLevel::error,
           "virtual_mac_failed",
           "",
           "a virtual MAC address is not there: " + why,
           {{"why", why}}});
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
