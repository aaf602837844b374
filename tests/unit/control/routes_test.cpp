#include "control/routes.h"

#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;

namespace {

Answer ask(std::string_view target, std::string_view method = "GET") {
    const Request request{method, target};
    const Service service{[] {
        auto report = active_report();
        report.snapshot.instances.push_back(active_instance());
        report.snapshot.instances[1].name = "a b/c";
        return report;
    }};
    if (auto pieces = answer_in_pieces(request, service))
        return {200, text_of(std::move(*pieces)), ""};
    return answer(request, service);
}

nlohmann::json json_of(const Answer& answer) { return nlohmann::json::parse(answer.body); }

} // namespace

TEST_CASE("each path answers with its JSON") {
    CHECK(json_of(ask("/v1/status"))["node"] == "lb1");
    CHECK(json_of(ask("/v1/instances/VI_1"))["name"] == "VI_1");
    CHECK(json_of(ask("/v1/why/VI_1"))["text"].size() == 10);
    CHECK(ask("/healthz").body == "{\"status\":\"ok\"}\n");
    for (const auto* target : {"/v1/status", "/v1/instances/VI_1", "/v1/why/VI_1", "/healthz"})
        CHECK(ask(target).status == 200);
}

TEST_CASE("a query is ignored, a name may be percent-encoded") {
    CHECK(json_of(ask("/v1/status?pretty=1"))["node"] == "lb1");
    CHECK(json_of(ask("/v1/instances/a%20b%2Fc"))["name"] == "a b/c");
    CHECK(json_of(ask("/v1/instances/a%20b%2fc"))["name"] == "a b/c");
    CHECK(ask("/v1/instances/%zz%2").body.find("\\\"%zz%2\\\"") != std::string::npos);
}

TEST_CASE("what is not there is told with what is") {
    const auto instance = ask("/v1/instances/VI_2");
    CHECK(instance.status == 404);
    CHECK(json_of(instance)["error"] ==
          R"(there is no instance "VI_2"; did you mean "VI_1"? (there are: VI_1, a b/c))");
    CHECK(ask("/v1/why/VI_2").status == 404);
    for (const auto* target : {"/", "", "/v1", "/v1/instances/", "/v1/why/", "/v1/statusx", "*"})
        CHECK(ask(target).status == 404);
    CHECK(json_of(ask("/v2"))["error"] ==
          "there is no /v2 (there are: /v1/status, /v1/instances/{name}, /v1/instances/{name}/hooks/{event}, "
          "/v1/why/{name}, /healthz; to POST: /v1/reload, /v1/checks/{name}, "
          "/v1/instances/{name}/hooks/{event}, /v1/instances/{name}/release, /v1/instances/{name}/resume, "
          "/v1/release, /v1/resume)");
}

TEST_CASE("only GET is answered where one looks") {
    for (const auto* method : {"POST", "HEAD", "DELETE", "BREW", "get"}) {
        CHECK(ask("/v1/status", method).status == 405);
        CHECK(json_of(ask("/v1/status", method))["error"] == "only GET is answered here");
        CHECK(ask("/v1/status", method).allow == "GET");
    }
}

TEST_CASE("the health answer needs no report") {
    bool asked = false;
    const auto result = answer({"GET", "/healthz"}, {[&] {
                                   asked = true;
                                   return Report{};
                               }});
    CHECK(result.status == 200);
    CHECK(!asked);
}

namespace {

/// What was asked for, and what is answered to it.
struct Asked {
    std::vector<bool> dry_runs;
    Reload reload;

    Answer post(std::string_view target, std::string_view body = "") {
        return answer({"POST", target, body}, {{}, [this](bool dry_run) {
                                                   dry_runs.push_back(dry_run);
                                                   reload.dry_run = dry_run;
                                                   return reload;
                                               }});
    }
};

} // namespace

TEST_CASE("a reload is asked for with POST; a dry run by its query") {
    Asked asked;
    for (const auto* target : {"/v1/reload", "/v1/reload?", "/v1/reload?dry_run=0",
                               "/v1/reload?dry_run=false", "/v1/reload?dry_run=1", "/v1/reload?dry_run=true"})
        CHECK(asked.post(target).status == 200);
    CHECK(asked.dry_runs == std::vector{false, false, false, false, true, true});
    const auto looked = ask("/v1/reload");
    CHECK(looked.status == 405);
    CHECK(looked.allow == "POST");
}

TEST_CASE("a query or a body that is not understood reloads nothing: it may have meant a dry run") {
    Asked asked;
    for (const auto* target :
         {"/v1/reload?dry_run", "/v1/reload?dry_run=yes", "/v1/reload?dryrun=1", "/v1/reload?dry_run=1&x=1"})
        CHECK(asked.post(target).status == 400);
    CHECK(asked.post("/v1/reload", R"({"dry_run": true})").status == 400);
    CHECK(asked.dry_runs.empty());
}

TEST_CASE("a reload is answered with what has changed, and what has not") {
    Asked asked;
    asked.reload = sample_reload();
    const auto answer = asked.post("/v1/reload?dry_run=1");
    CHECK(answer.status == 200);
    CHECK(json_of(answer) == nlohmann::json::parse(R"json({
        "dry_run": true,
        "changes": [{"kind": "instance", "name": "VI_1", "change": "restarted", "keys": ["vrid"],
                     "text": "instance VI_1 is restarted (vrid)"}],
        "unchanged": {"instances": 1, "checks": 2, "sync_groups": 3},
        "text": ["a reload would do this:", "  instance VI_1 is restarted (vrid)", "  the rest unchanged"]})json"));
    asked.reload.changes.clear();
    CHECK(json_of(asked.post("/v1/reload"))["text"][0] == "nothing has changed");
    CHECK(json_of(asked.post("/v1/reload?dry_run=1"))["text"][0] == "nothing would change");
}

TEST_CASE("a bad configuration is 422 with all errors, another refusal 409") {
    Asked asked;
    asked.reload = sample_refusal();
    const auto bad = asked.post("/v1/reload");
    CHECK(bad.status == 422);
    CHECK(json_of(bad) == nlohmann::json::parse(R"({
        "error": "1 error in the configuration; nothing was changed",
        "errors": [{"file": "f", "line": 3, "column": 5, "pointer": "/instances/A/vrid", "text": "f:3:5: too large"}]})"));
    asked.reload = {};
    asked.reload.outcome = Reload::Outcome::refused;
    asked.reload.error = "no";
    CHECK(asked.post("/v1/reload").status == 409);
    CHECK(json_of(asked.post("/v1/reload"))["error"] == "no");
}

TEST_CASE("a check is set by hand with POST, by name and one word") {
    std::vector<std::pair<std::string, std::optional<bool>>> set;
    const auto ask = [&](std::string_view target, std::string_view method = "POST",
                         std::string_view body = "") {
        return answer({method, target, body}, {{}, {}, [&](const std::string& check, std::optional<bool> up) {
                                                   set.emplace_back(check, up);
                                                   return check != "none";
                                               }});
    };
    CHECK(ask("/v1/checks/ha%20proxy?set=down").status == 200);
    CHECK(ask("/v1/checks/c?set=up").status == 200);
    CHECK(ask("/v1/checks/c?set=auto").body == "{\"check\":\"c\",\"set\":\"auto\"}\n");
    CHECK(set == decltype(set){{"ha proxy", false}, {"c", true}, {"c", std::nullopt}});
    CHECK(ask("/v1/checks/none?set=up").status == 404);
    set.clear();
    for (const auto* target : {"/v1/checks/c", "/v1/checks/c?", "/v1/checks/c?set=", "/v1/checks/c?set=off",
                               "/v1/checks/c?down", "/v1/checks/c?set=up&set=down"})
        CHECK(ask(target).status == 400);
    CHECK(ask("/v1/checks/c?set=up", "POST", "{}").status == 400);
    CHECK(ask("/v1/checks/c?set=up", "GET").allow == "POST");
    CHECK(ask("/v1/checks/?set=up").status != 200);
    CHECK(set.empty());
}
