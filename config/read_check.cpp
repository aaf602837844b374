#include "config/read_check.h"

#include "config/members.h"
#include "config/read_datagram_check.h"
#include "config/read_local_check.h"
#include "config/read_stream_check.h"

namespace baton::config {
namespace {

/// A list is the program and its arguments; one string is what the shell is to run.
std::vector<std::string> argv(const Json& check) {
    if (const auto line = text(check, "run"); !line.empty())
        return {"/bin/sh", "-c", line};
    std::vector<std::string> words;
    for (const auto& word : part(check, "run"))
        words.push_back(word.is_string() ? word.get<std::string>() : std::string{});
    return words;
}

health::Rhythm rhythm(const Json& json, const Pointer& at, Findings& findings) {
    health::Rhythm rhythm{duration(json, "interval"), duration(json, "jitter"), duration(json, "timeout")};
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
    return scripts::Command{argv(json), duration(json, "timeout")};
}

} // namespace

void read_check(const std::string& name, const Json& json, Config& config, Findings& findings) {
    const auto at = Pointer{} / "checks" / name;
    config.settings.checks.push_back({name, static_cast<unsigned>(number(json, "rise")),
                                      static_cast<unsigned>(number(json, "fall")), initial(json)});
    auto& check = config.checks.emplace_back();
    check.rhythm = rhythm(json, at, findings);
    check.work = work(text(json, "type"), json, at, config.node, findings);
    if (std::holds_alternative<scripts::Command>(check.work))
        check.rhythm.timeout.reset();
}

} // namespace baton::config
