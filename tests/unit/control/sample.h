// Reports for the tests of control/: one active router with a failing check, and its backup.
#pragma once

#include "base/result.h"
#include "control/hooks.h"
#include "control/reload.h"
#include "control/report.h"
#include "control/status.h"

#include <nlohmann/json.hpp>

namespace baton::control {

/// 2025-03-01T12:00:00Z is 1000 s after boot.
inline constexpr Duration boot = std::chrono::seconds(1'740'830'400 - 1000);

inline std::string text_of(StatusText pieces) {
    std::string text;
    while (pieces.add_to(text)) {
    }
    return text;
}

/// What a client gets of it.
inline Json status_json(const Report& report) { return Json::parse(text_of(StatusText(report))); }

inline Time at(Duration since_boot) { return Time(since_boot); }

inline WallTime wall(Duration since_boot) {
    return WallTime(std::chrono::duration_cast<WallTime::duration>(since_boot + boot));
}

inline vrrp::CheckView haproxy_check() {
    using namespace std::chrono_literals;
    vrrp::CheckView check;
    check.name = "haproxy";
    check.state = vrrp::CheckView::State::down;
    check.since = at(1100s);
    check.rise = 2;
    check.fall = 3;
    check.last = {.ok = false, .detail = "exit status 1: refused", .took = 12'345us, .at = at(1298s)};
    return check;
}

inline vrrp::InstanceView active_instance() {
    using namespace std::chrono_literals;
    vrrp::InstanceView view;
    view.name = "VI_1";
    view.state = vrrp::State::active;
    view.since = at(1000s + 123'456us);
    view.reason_code = "active_down_timer";
    view.reason = "no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)";
    view.interface = "eth0";
    view.vrid = vrrp::Vrid{51};
    view.configured_priority = vrrp::Priority{101};
    view.effective_priority = vrrp::Priority{81};
    view.contributions = {
        {.name = "haproxy", .is_interface = false, .weight = -20, .up = false, .known = true, .applied = -20},
        {.name = "eth1", .is_interface = true, .weight = -10, .up = true, .known = true, .applied = 0}};
    view.advert_interval = 1s;
    view.active_adver_interval = 1s;
    view.active_router = IpAddress::v4(10, 0, 1, 2);
    view.active_router_priority = vrrp::Priority{81};
    view.primary_address = IpAddress::v4(10, 0, 1, 2);
    view.addresses = {*Prefix::parse("10.0.1.100/24"), *Prefix::parse("10.0.1.101/24")};
    view.excluded = {*Prefix::parse("10.0.9.100/32")};
    view.has_routes = true;
    view.addresses_held = true;
    view.counters = {{"adverts_sent", 301}, {"adverts_received", 4}};
    return view;
}

inline TransitionRecord taken_over() {
    using namespace std::chrono_literals;
    return {.number = 2,
            .from = vrrp::State::backup,
            .to = vrrp::State::active,
            .at = wall(1000s + 123'456us),
            .reason_code = "active_down_timer",
            .reason = "no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)",
            .priority = 101,
            .steps = {{"addresses_held", 412us}, {"advert_sent", 460us}, {"announced", 1ms}}};
}

inline TransitionRecord started() {
    using namespace std::chrono_literals;
    return {.number = 1,
            .from = vrrp::State::initialize,
            .to = vrrp::State::backup,
            .at = wall(996s),
            .reason_code = "startup",
            .reason = "began to take part",
            .priority = 101,
            .steps = {}};
}

/// 400 ms before the reports' time.
inline vrrp::RefusedView wrong_signature() {
    using namespace std::chrono_literals;
    return {.reason_code = "authentication_invalid",
            .reason = "its signature is wrong",
            .source = IpAddress::v4(10, 0, 1, 3),
            .at = at(1299s + 600ms)};
}

/// One hook that failed, and one that runs.
inline HooksView some_hooks() {
    using namespace std::chrono_literals;
    HooksView view;
    view.configured = {{"active", {"/usr/bin/up", "now"}, 10s, "postfix", "", "baton"},
                       {"backup", {"/usr/bin/down"}, 90s, "", "", "keepalived_notify"}};
    view.runs = {{.number = 1,
                  .event = "active",
                  .transition = 2,
                  .run = {"/usr/bin/up", "now"},
                  .at = wall(1001s),
                  .state = "failed",
                  .detail = "exit status 3",
                  .status = 3,
                  .output = "no disk\n",
                  .took = 1500us},
                 {.number = 2,
                  .event = "backup",
                  .transition = 3,
                  .run = {"/usr/bin/down", "INSTANCE", "VI_1", "BACKUP", "81"},
                  .at = wall(1299s),
                  .state = "running"}};
    return view;
}

/// As of 1300 s after boot.
inline Report active_report() {
    using namespace std::chrono_literals;
    Report report;
    report.version = "0.1.0";
    report.node = "lb1";
    report.uptime = 304s + 500ms;
    report.started = wall(995s + 500ms);
    report.boot_to_wall = boot;
    report.snapshot.at = at(1300s);
    report.snapshot.instances = {active_instance()};
    report.snapshot.checks = {haproxy_check()};
    report.check_types = {"script"};
    report.snapshot.counters = {{"rejected_unknown_vrid", 7}};
    report.transitions = {{started(), taken_over()}};
    report.hosting = {{.accept = true, .lease = 3s}};
    return report;
}

/// The same router as a Backup of 10.0.1.3, with all well.
inline Report backup_report() {
    using namespace std::chrono_literals;
    auto report = active_report();
    auto& view = report.snapshot.instances[0];
    view.state = vrrp::State::backup;
    view.since = at(1296s);
    view.reason_code = "startup";
    view.reason = "began to take part";
    view.effective_priority = vrrp::Priority{101};
    view.contributions[0].up = true;
    view.contributions[0].applied = 0;
    view.active_router = IpAddress::v4(10, 0, 1, 3);
    view.active_router_priority = vrrp::Priority{200};
    view.active_adver_interval = 500ms;
    view.deadline = at(1301s + 230'500us);
    view.addresses_held = false;
    report.snapshot.checks[0].state = vrrp::CheckView::State::up;
    report.snapshot.checks[0].streak = 1;
    report.transitions = {{}};
    return report;
}

/// Of every event of VI_1 but "fault".
inline Result<std::vector<HookPlan>, Error> plan_sample(const std::string& instance,
                                                        const std::string& event) {
    if (instance != "VI_1" || event == "fault")
        return Error{instance + " has no hooks for \"" + event + "\""};
    return std::vector<HookPlan>{{some_hooks().configured.front(),
                                  {"/usr/bin/up", "now"},
                                  {"BATON_EVENT=" + event, "A=b=c"},
                                  "{\"event\":\"active\"}\n",
                                  "/tmp"}};
}

inline HookResult result_sample() {
    HookResult result{false, "/usr/bin/up: exit status 3", {some_hooks().runs.front()}};
    result.runs.front().by_hand = true;
    return result;
}

inline Reload sample_reload() {
    Reload reload;
    reload.changes = {{"instance", "VI_1", "restarted", {"vrid"}, "instance VI_1 is restarted (vrid)"}};
    reload.unchanged_instances = 1;
    reload.unchanged_checks = 2;
    reload.unchanged_sync_groups = 3;
    reload.unchanged = "the rest unchanged";
    return reload;
}

inline Reload sample_refusal() {
    Reload reload;
    reload.outcome = Reload::Outcome::bad_configuration;
    reload.error = "1 error in the configuration; nothing was changed";
    reload.problems = {{"f", 3, 5, "/instances/A/vrid", "f:3:5: too large"}};
    return reload;
}

} // namespace baton::control
