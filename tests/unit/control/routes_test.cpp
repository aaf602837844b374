#include "control/routes.h"

#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;

namespace {

Answer ask(std::string_view target, std::string_view method = "GET") {
    return answer(method, target, [] {
        auto report = active_report();
        report.snapshot.instances.push_back(active_instance());
        report.snapshot.instances[1].name = "a b/c";
        return report;
    });
}

nlohmann::json json_of(const Answer& answer) { return nlohmann::json::parse(answer.body); }

} // namespace

TEST_CASE("each path answers with its JSON") {
    CHECK(json_of(ask("/v1/status"))["node"] == "lb1");
    CHECK(json_of(ask("/v1/instances/VI_1"))["name"] == "VI_1");
    CHECK(json_of(ask("/v1/why/VI_1"))["text"].size() == 9);
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
          "there is no /v2 (there are: /v1/status, /v1/instances/{name}, /v1/why/{name}, /healthz)");
}

TEST_CASE("only GET is answered") {
    for (const auto* method : {"POST", "HEAD", "DELETE", "BREW", "get"}) {
        CHECK(ask("/v1/status", method).status == 405);
        CHECK(json_of(ask("/v1/status", method))["error"] == "only GET is answered here");
    }
}

TEST_CASE("the health answer needs no report") {
    bool asked = false;
    const auto result = answer("GET", "/healthz", [&] {
        asked = true;
        return Report{};
    });
    CHECK(result.status == 200);
    CHECK(!asked);
}
