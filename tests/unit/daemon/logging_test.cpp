// What is logged, as it arrives on the other end of stderr: pipes that are read, and pipes that are not.
#include "daemon/logging.h"

#include <array>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

using namespace baton;
using namespace baton::daemon;

namespace {

/// Puts one end of a channel in place of stderr as long as it lives.
class RedirectedStderr {
public:
    explicit RedirectedStderr(bool socket) : saved_(dup(STDERR_FILENO)) {
        std::array<int, 2> ends{};
        REQUIRE((socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) : pipe(ends.data())) == 0);
        read_end_ = ends[0];
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
    }
    ~RedirectedStderr() {
        dup2(saved_, STDERR_FILENO);
        close(saved_);
        close(read_end_);
    }
    RedirectedStderr(const RedirectedStderr&) = delete;
    RedirectedStderr& operator=(const RedirectedStderr&) = delete;

    /// What has arrived so far, at most `limit` octets.
    [[nodiscard]] std::string take(std::size_t limit = 1 << 20) const {
        std::string text(limit, '\0');
        const auto size = read(read_end_, text.data(), text.size());
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return text;
    }

private:
    int saved_;
    int read_end_{-1};
};

control::TransitionRecord sample() {
    control::TransitionRecord record;
    record.number = 7;
    record.from = vrrp::State::backup;
    record.to = vrrp::State::active;
    record.at = control::WallTime(std::chrono::seconds(1'700'000'000));
    record.reason_code = "peer_resigned";
    record.reason = "10.0.1.2 resigned";
    record.priority = 100;
    record.steps = {{"addresses_held", std::chrono::microseconds(120)}};
    return record;
}

} // namespace

TEST_CASE("a transition in words") {
    const RedirectedStderr channel(false);
    Log(LogFormat::text, LogLevel::info).transition("VI_1", sample());
    const auto line = channel.take();
    CHECK(line.substr(line.find(' ') + 1) ==
          "info: VI_1: backup -> active: 10.0.1.2 resigned [addresses held after 0.12 ms]\n");
}

TEST_CASE("a transition as JSON, on a socket as well as on a pipe") {
    for (const bool socket : {false, true}) {
        const RedirectedStderr channel(socket);
        Log(LogFormat::json, LogLevel::info).transition("VI_1", sample());
        const auto json = nlohmann::json::parse(channel.take());
        CHECK(json["event"] == "transition");
        CHECK(json["instance"] == "VI_1");
        CHECK(json["level"] == "info");
        CHECK(json["number"] == 7);
        CHECK(json["at"] == "2023-11-14T22:13:20.000000Z");
        CHECK(json["steps"][0]["what"] == "addresses_held");
        CHECK(json["steps"][0]["after_ms"] == 0.12);
        CHECK(json["time"].get<std::string>().size() == 27);
    }
}

TEST_CASE("every kind of line is one JSON object, also those without fields of their own") {
    const RedirectedStderr channel(false);
    Log log(LogFormat::json, LogLevel::debug);
    log.started("0.1.0", "lb1", 2);
    log.stopping("SIGTERM");
    log.stopped();
    log.cannot_start("no way");
    log.reloaded({});
    control::Reload refused;
    refused.error = "no";
    log.not_reloaded(refused);
    log.address_repaired("VI_1", "eth0", std::chrono::milliseconds(1));
    log.priority_changed("VI_1", 101, 81);
    log.effect_failed("VI_1", "send_advert", "no");
    log.link_changed("eth0", "down");
    log.socket_failed("eth0", "no");
    log.netlink_failed("no");
    log.table_reread(3);
    log.held_off(std::chrono::seconds(1));
    using Kind = Signatures::News::Kind;
    for (const auto kind : {Kind::trouble, Kind::trouble_ended, Kind::keys_read})
        log.signatures({"VI_1", kind, "why"});
    std::istringstream lines(channel.take());
    std::set<std::string> events;
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line);
        CHECK_FALSE(json["message"].get<std::string>().empty());
        events.insert(json["event"]);
    }
    CHECK(events.size() == 17);
}

TEST_CASE("a dry run that finds errors is no error: nothing was to be changed") {
    control::Reload refused;
    refused.error = "1 error in the configuration; nothing was changed";
    refused.problems = {{"f", 3, 5, "/x", "f:3:5: /x: is wrong"}};
    for (const bool dry_run : {true, false}) {
        const RedirectedStderr channel(false);
        refused.dry_run = dry_run;
        Log(LogFormat::json, LogLevel::info).not_reloaded(refused);
        const auto json = nlohmann::json::parse(channel.take());
        CHECK(json["level"] == (dry_run ? "info" : "error"));
        CHECK(json["event"] == (dry_run ? "dry_run_refused" : "not_reloaded"));
        CHECK(json["errors"][0] == "f:3:5: /x: is wrong");
        CHECK(json["message"] ==
              std::string(dry_run ? "a dry run, which changes nothing, found why a reload would be refused: "
                                  : "") +
                  "1 error in the configuration; nothing was changed; f:3:5: /x: is wrong");
    }
}

TEST_CASE("what a check prints cannot break the line") {
    const RedirectedStderr channel(false);
    Log(LogFormat::json, LogLevel::info).check_changed("c", false, "bad \xff \" \n line");
    CHECK(nlohmann::json::parse(channel.take())["state"] == "down");
}

TEST_CASE("less important lines are left out") {
    const RedirectedStderr channel(false);
    Log log(LogFormat::text, LogLevel::error);
    log.check_changed("c", false, "x");
    log.cannot_start("no way");
    const auto text = channel.take();
    CHECK(text.find("check") == std::string::npos);
    CHECK(text.find("no way") != std::string::npos);
}

TEST_CASE("a reader that does not read blocks nobody, and is told what it missed") {
    for (const bool socket : {false, true}) {
        const RedirectedStderr channel(socket);
        Log log(LogFormat::text, LogLevel::info);
        // Far more than a pipe or socket buffer and the queue hold: returns all the same.
        for (int i = 0; i < 20'000; ++i)
            log.check_changed("haproxy", false, std::string(100, 'x'));
        std::string all;
        for (std::string part = channel.take(); !part.empty(); part = channel.take()) {
            all += part;
            log.flush();
            if (all.find("log lines are missing here") != std::string::npos)
                break;
        }
        CHECK(all.find("log lines are missing here") != std::string::npos);
    }
}

TEST_CASE("hooks: the begin, the end with what they said, and what was lost") {
    control::HookRun run;
    run.number = 4;
    run.event = "active";
    run.transition = 7;
    run.run = {"/usr/bin/up", "now\x1b[2J"};
    run.state = "running";
    const RedirectedStderr channel(false);
    const auto said = [&](LogFormat format, auto&& what) {
        Log log(format, LogLevel::info);
        what(log);
        const auto line = channel.take();
        return format == LogFormat::text ? line.substr(line.find(' ') + 1) : line;
    };
    CHECK(said(LogFormat::text, [&](Log& log) { log.hook_started("VI_1", "", run); }) ==
          "info: VI_1: hook active (/usr/bin/up now [2J) begins\n");
    run.state = "failed";
    run.detail = "exit status 3";
    run.output = "trying\nno disk\n";
    run.took = std::chrono::milliseconds(12);
    CHECK(
        said(LogFormat::text, [&](Log& log) { log.hook_ended("", "mail", run); }) ==
        "warning: group mail: hook active (/usr/bin/up now [2J) failed after 12 ms: exit status 3; it said: "
        "trying no disk\n");
    const auto json =
        nlohmann::json::parse(said(LogFormat::json, [&](Log& log) { log.hook_ended("", "mail", run); }));
    CHECK(json["event"] == "hook_ended");
    CHECK(json["level"] == "warning");
    CHECK(json["group"] == "mail");
    CHECK(json["hook"] == "active");
    CHECK(json["state"] == "failed");
    CHECK(json["transition"] == 7);
    CHECK(json["output"] == "trying\nno disk\n");
    run.state = "superseded";
    run.detail = "superseded by fault before it was run";
    run.output.clear();
    run.took = {};
    CHECK(
        said(LogFormat::text, [&](Log& log) { log.hook_ended("VI_1", "", run); }) ==
        "info: VI_1: hook active (/usr/bin/up now [2J) is given up: superseded by fault before it was run\n");
    CHECK(said(LogFormat::text, [&](Log& log) {
              log.hooks_abandoned({"VI_1", "mail"});
          }) == "warning: batond was told twice to end: the hooks of VI_1, mail are killed\n");
    CHECK(said(LogFormat::text, [&](Log& log) { log.notify_line_lost("/run/x", 1); }) ==
          "warning: nobody reads /run/x and it is full: 1 line was lost\n");
}
