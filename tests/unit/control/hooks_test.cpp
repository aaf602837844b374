// Hooks as the API and batonctl show them.
#include "control/hooks.h"

#include "control/commands.h"
#include "control/routes.h"
#include "control/table.h"
#include "control/why.h"
#include "running_server.h"

#include <nlohmann/json.hpp>
#include <sstream>

using namespace baton;
using namespace baton::control;
using namespace baton::testing;

namespace {

struct Told {
    int status;
    std::string out;
    std::string err;
};

Told batonctl(const RunningServer& server, std::vector<std::string> words) {
    words.insert(words.begin(), {"--socket", server.path()});
    std::ostringstream out;
    std::ostringstream err;
    const int status = run_command(words, out, err);
    return {status, out.str(), err.str()};
}

Report hooked_report() {
    auto report = active_report();
    report.hooks = {some_hooks()};
    report.sync_groups = {{"mail", {"VI_1", "VI_2"}, some_hooks()}};
    return report;
}

std::string posting(const std::string& target) {
    return "POST " + target + " HTTP/1.1\r\nHost: batond\r\nContent-Length: 0\r\n\r\n";
}

} // namespace

TEST_CASE("hooks are in the status: what is configured, what waits, and the last runs") {
    const auto json = hooks_json(some_hooks());
    CHECK(json.at("configured").at(0) == Json::parse(R"({"event": "active", "run": ["/usr/bin/up", "now"],
        "timeout_ms": 10000.0, "user": "postfix", "group": null, "convention": "baton"})"));
    CHECK(json.at("waiting") == 0);
    CHECK(json.at("runs").at(0) ==
          Json::parse(R"({"number": 1, "event": "active", "transition": 2, "by_hand": false,
        "run": ["/usr/bin/up", "now"], "at": "2025-03-01T12:00:01.000000Z", "state": "failed",
        "detail": "exit status 3", "status": 3, "output": "no disk\n", "duration_ms": 1.5})"));
    const auto& running = json.at("runs").at(1);
    CHECK(running.at("state") == "running");
    CHECK(running.at("status").is_null());
    CHECK(running.at("detail").is_null());
    CHECK(running.at("duration_ms").is_null());

    const auto status = status_json(hooked_report());
    CHECK(status.at("instances").at(0).at("hooks") == json);
    CHECK(status.at("sync_groups").at(0).at("name") == "mail");
    CHECK(status.at("sync_groups").at(0).at("members") == Json::parse(R"(["VI_1", "VI_2"])"));
    CHECK(status.at("sync_groups").at(0).at("hooks") == json);
    CHECK(status_json(active_report()).at("instances").at(0).at("hooks").at("runs").empty());
}

TEST_CASE("why tells of the hook that runs and of events whose last hook has failed") {
    const auto has_line = [](const Report& report, const std::string& line) {
        const auto lines = why_text(report, 0);
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    };
    auto report = hooked_report();
    CHECK(has_line(report, "Hook backup (/usr/bin/down INSTANCE VI_1 BACKUP 81) is running since "
                           "2025-03-01T12:04:59.000000Z"));
    const std::string failed =
        "Hook active (/usr/bin/up now) failed at 2025-03-01T12:00:01.000000Z: exit status 3";
    CHECK(has_line(report, failed));
    report.hooks[0].waiting = 2;
    CHECK(has_line(report, "Hooks of 2 events wait for their turn"));
    auto again = report.hooks[0].runs[0];
    again.state = "ok";
    report.hooks[0].runs.push_back(again);
    CHECK_FALSE(has_line(report, failed)); // it went well since
}

TEST_CASE("the table of hooks") {
    CHECK(
        hooks_table(status_json(hooked_report())) ==
        "OF          EVENT   USER     TIMEOUT  COMMAND          LAST RUN\n"
        "VI_1        active  postfix  10s      /usr/bin/up now  failed 2025-03-01T12:00:01Z: exit status 3\n"
        "VI_1        backup  -        1m 30s   /usr/bin/down    running 2025-03-01T12:04:59Z\n"
        "group mail  active  postfix  10s      /usr/bin/up now  failed 2025-03-01T12:00:01Z: exit status 3\n"
        "group mail  backup  -        1m 30s   /usr/bin/down    running 2025-03-01T12:04:59Z\n");
    CHECK(hooks_table(status_json(active_report())) == "there are no hooks\n");
}

TEST_CASE("GET of an event's hooks says what would be run") {
    Service service;
    service.plan_hooks = plan_sample;
    const auto plan = answer({"GET", "/v1/instances/VI_1/hooks/active"}, service);
    CHECK(plan.status == 200);
    const auto json = Json::parse(plan.body);
    CHECK(json.at("instance") == "VI_1");
    CHECK(json.at("event") == "active");
    const auto& hook = json.at("hooks").at(0);
    CHECK(hook.at("argv") == Json::parse(R"(["/usr/bin/up", "now"])"));
    CHECK(hook.at("environment") == Json::parse(R"({"BATON_EVENT": "active", "A": "b=c"})"));
    CHECK(hook.at("input") == "{\"event\":\"active\"}\n");
    CHECK(hook.at("directory") == "/tmp");
    CHECK(answer({"GET", "/v1/instances/VI_1/hooks/fault"}, service).status == 404);
    const auto other = answer({"PUT", "/v1/instances/VI_1/hooks/active"}, service);
    CHECK(other.status == 405);
    CHECK(other.allow == "GET, POST");
}

TEST_CASE("POST runs them and answers when they have ended; all else is not for later") {
    Service service;
    service.plan_hooks = plan_sample;
    std::function<void(const HookResult&)> end;
    service.run_hooks = [&](const std::string&, const std::string& event,
                            std::function<void(const HookResult&)> done) -> std::optional<Error> {
        if (event == "stop")
            return Error{"batond is stopping"};
        end = std::move(done);
        return std::nullopt;
    };
    std::optional<Answer> told;
    const auto reply = [&](Answer one) { told = std::move(one); };
    const std::string target = "/v1/instances/VI_1/hooks/active";
    CHECK_FALSE(answer_later({"GET", target}, service, reply));
    CHECK_FALSE(answer_later({"POST", "/v1/reload"}, service, reply));
    CHECK_FALSE(answer_later({"POST", "/v1/instances/hooks/active"}, service, reply));

    CHECK(answer_later({"POST", target}, service, reply));
    CHECK_FALSE(told);
    end(result_sample());
    REQUIRE(told);
    CHECK(told->status == 200);
    const auto json = Json::parse(told->body);
    CHECK(json.at("ok") == false);
    CHECK(json.at("why") == "/usr/bin/up: exit status 3");
    CHECK(json.at("runs").at(0).at("status") == 3);

    CHECK(answer_later({"POST", "/v1/instances/VI_1/hooks/fault"}, service, reply));
    CHECK(told->status == 404);
    CHECK(answer_later({"POST", "/v1/instances/VI_1/hooks/stop"}, service, reply));
    CHECK(told->status == 409);
    CHECK(answer_later({"POST", target + "?dry_run=1"}, service, reply));
    CHECK(told->status == 400);
    CHECK(answer_later({"POST", target, "x"}, service, reply));
    CHECK(told->status == 400);
}

TEST_CASE("an answer that comes later goes out on the same connection, which serves on") {
    const RunningServer server;
    const RawClient client(server.path());
    for (int i = 0; i < 2; ++i) {
        REQUIRE(client.send(posting("/v1/instances/VI_1/hooks/active")));
        CHECK(client.receive_answer().find("exit status 3") != std::string::npos);
        REQUIRE(client.send(request("/healthz")));
        CHECK(client.receive_answer().find("\"ok\"") != std::string::npos);
    }
}

TEST_CASE("a client that has left is no trouble when its answer comes") {
    const RunningServer server;
    {
        const RawClient client(server.path());
        REQUIRE(client.send(posting("/v1/instances/VI_1/hooks/active")));
    }
    const RawClient next(server.path());
    REQUIRE(next.send(request("/healthz")));
    CHECK(next.receive_answer().find("\"ok\"") != std::string::npos);
}

TEST_CASE("batonctl hooks run: its output, its reason, its exit status") {
    const RunningServer server;
    const auto failed = batonctl(server, {"hooks", "run", "VI_1", "active"});
    CHECK(failed.status == 3);
    CHECK(failed.out == "no disk\n");
    CHECK(failed.err == "batonctl: /usr/bin/up: exit status 3\n");
    const auto json = batonctl(server, {"--json", "hooks", "run", "VI_1", "active"});
    CHECK(json.status == 3);
    CHECK(Json::parse(json.out).at("runs").size() == 1);
    const auto stopping = batonctl(server, {"hooks", "run", "VI_1", "stop"});
    CHECK(stopping.status == 1);
    CHECK(stopping.err == "batonctl: batond is stopping\n");
    CHECK(batonctl(server, {"hooks", "run", "VI_1", "fault"}).err ==
          "batonctl: VI_1 has no hooks for \"fault\"\n");
    CHECK(batonctl(server, {"hooks", "run", "VI_1"}).status == 2);
    CHECK(batonctl(server, {"hooks"}).status == 2);
}

TEST_CASE("batonctl hooks run --dry-run: with what") {
    const RunningServer server;
    const auto shown = batonctl(server, {"hooks", "run", "VI_1", "active", "--dry-run"});
    CHECK(shown.status == 0);
    CHECK(shown.out == "\"/usr/bin/up\" \"now\"\n  at most 10s, user postfix, directory /tmp\n"
                       "  BATON_EVENT=active\n  A=b=c\n  stdin: {\"event\":\"active\"}\n");
    CHECK(Json::parse(batonctl(server, {"hooks", "run", "VI_1", "active", "--dry-run", "--json"}).out)
              .at("hooks")
              .size() == 1);
    CHECK(batonctl(server, {"hooks", "run", "VI_1", "fault", "--dry-run"}).status == 1);
}

TEST_CASE("batonctl hooks list") {
    const RunningServer server;
    CHECK(batonctl(server, {"hooks", "list"}).out == "there are no hooks\n");
    CHECK(Json::parse(batonctl(server, {"hooks", "list", "--json"}).out).at("instances").contains("VI_1"));
}
