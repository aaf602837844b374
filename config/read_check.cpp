#include "config/read_check.h"

#include "config/members.h"
#include "config/read_command.h"
#include "config/read_datagram_check.h"
#include "config/read_local_check.h"
#include "config/read_stream_check.h"

#include <algorithm>
#include <chrono>

namespace baton::config {
namespace {

constexpr Duration usual_timeout = std::chrono::seconds(1);

/// No longer than the interval: a run that outlived it would keep the next one waiting, and the check would
/// turn later than it promises.
Duration timeout(const Json& json, Duration interval, const Pointer& at, Findings& findings) {
    if (find(json, "timeout") == nullptr)
        return std::min(usual_timeout, interval);
    const auto given = duration(json, "timeout");
    const bool interval_is_known = interval != Duration::zero(); // else it was refused already
    if (interval_is_known && given > interval)
        findings.push_back({.pointer = (at / "timeout").text(),
                            .message = "must be at most the interval, " + quote(text(json, "interval")) +
                                       ": a run must end before the next begins, or the check turns later "
                                       "than \"fall\" times \"interval\" and \"timeout\"; make this "
                                       "shorter, or \"interval\" longer"});
    return given;
}

health::Rhythm rhythm(const Json& json, const Pointer& at, Findings& findings) {
    health::Rhythm rhythm{duration(json, "interval"), duration(json, "jitter"), {}};
    rhythm.timeout = timeout(json, rhythm.interval, at, findings);
    if (rhythm.jitter > rhythm.interval)
        findings.push_back({.pointer = (at / "jitter").text(),
                            .message = "must be at most the interval, " + quote(text(json, "interval"))});
    return rhythm;
}

std::optional<bool> initial(const Json& json) {
    const auto word = text(json, "initial");
    return word == "up" ? std::optional(true) : word == "down" ? std::optional(false) : std::nullopt;
}

CheckWork work(const std::string& type, const Json& json, const Pointer& at, const std::string& node,
               Findings& findings) {
    if (type == "haproxy")
        return read_haproxy_check(json, at, findings);
    if (type == "smtp")
        return read_smtp_check(json, at, node, findings);
    if (type == "tcp")
        return read_tcp_check(json, at, findings);
    if (type == "http")
        return read_http_check(json, at, findings);
    if (type == "ping")
        return read_ping_check(json, at, findings);
    if (type == "dns")
        return read_dns_check(json, at, findings);
    if (type == "process")
        return read_process_check(json, at, findings);
    if (type == "file")
        return read_file_check(json);
    if (type == "systemd")
        return read_systemd_check(json, at, findings);
    return scripts::Command{read_argv(json)};
}

/// Whether it runs only while an instance is Active, and what comes of that.
void read_times(const Json& json, const Pointer& at, vrrp::CheckSettings& check, Findings& findings) {
    check.while_active = text(json, "run_while") == "active";
    const bool given = find(json, "hold_down") != nullptr;
    if (given && check.while_active)
        check.hold_down = duration(json, "hold_down");
    if (given && !check.while_active)
        findings.push_back({.pointer = (at / "hold_down").text(),
                            .message = "means nothing for a check that always runs; leave it out, or add "
                                       "\"run_while\": \"active\""});
}

} // namespace

void read_check(const std::string& name, const Json& json, Config& config, Findings& findings) {
    const auto at = Pointer{} / "checks" / name;
    auto& counts = config.settings.checks.emplace_back();
    counts.name = name;
    counts.rise = static_cast<unsigned>(number(json, "rise"));
    counts.fall = static_cast<unsigned>(number(json, "fall"));
    counts.initial = initial(json);
    read_times(json, at, counts, findings);
    auto& check = config.checks.emplace_back();
    check.rhythm = rhythm(json, at, findings);
    check.work = work(text(json, "type"), json, at, config.node, findings);
    if (auto* command = std::get_if<scripts::Command>(&check.work)) {
        command->timeout = *check.rhythm.timeout;
        check.rhythm.timeout.reset();
    }
}

} // namespace baton::config
