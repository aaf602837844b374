// Releases over the API: what is asked for, what is refused, what is answered.
#include "control/routes_release.h"

#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;

namespace {

struct Asked {
    std::optional<Answer> answer;
    std::optional<ReleaseRequest> release;
    std::optional<std::string> resume;
};

/// With an instance VI_1; whatever is released finds no successor if its `force` is not set.
Asked ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    Asked asked;
    Service service{[] { return active_report(); }};
    service.release = [&](const ReleaseRequest& request,
                          const std::function<void(const ReleaseResult&)>& done) -> std::optional<Error> {
        asked.release = request;
        ReleaseResult result;
        result.outcomes = {{"VI_1", request.force, true, request.force ? "it is gone" : "nobody there"}};
        done(result);
        return std::nullopt;
    };
    service.resume = [&](const std::string& name) -> Result<std::vector<std::string>, Error> {
        asked.resume = name;
        return std::vector<std::string>{"VI_1"};
    };
    const bool taken = answer_release({method, target, body}, service,
                                      [&](Answer answer) { asked.answer = std::move(answer); });
    CHECK(taken == asked.answer.has_value());
    return asked;
}

std::string error_of(const Asked& asked) {
    return nlohmann::json::parse(asked.answer->body)["error"].get<std::string>();
}

} // namespace

TEST_CASE("one instance or all, for a time or until it is resumed, by force or not") {
    auto asked = ask("POST", "/v1/instances/VI_1/release");
    REQUIRE(asked.release);
    CHECK(asked.release->instance == "VI_1");
    CHECK_FALSE(asked.release->duration);
    CHECK_FALSE(asked.release->force);
    asked = ask("POST", "/v1/release?for=1.5m&force=1");
    REQUIRE(asked.release);
    CHECK(asked.release->instance.empty());
    CHECK(asked.release->duration == std::chrono::seconds(90));
    CHECK(asked.release->force);
    CHECK(ask("POST", "/v1/instances/VI%5f1/release").release->instance == "VI_1");
}

TEST_CASE("what was not released is 409 with the whole answer, what was is 200") {
    auto asked = ask("POST", "/v1/instances/VI_1/release");
    CHECK(asked.answer->status == 409);
    CHECK(error_of(asked) == "not released: VI_1");
    asked = ask("POST", "/v1/instances/VI_1/release?force=true");
    CHECK(asked.answer->status == 200);
    CHECK(asked.answer->body ==
          R"({"instances":[{"name":"VI_1","released":true,"was_active":true,"text":"it is gone"}],)"
          R"("until":null,"took_ms":0.0,"trouble":null})"
          "\n");
}

TEST_CASE("whoever means something else gets no release") {
    for (const auto* query :
         {"?dry_run=1", "?for=soon", "?for=", "?for=10", "?for=999ms", "?force=0", "?x", "?force=1&&"}) {
        const std::string target = "/v1/release";
        CAPTURE(query);
        const auto asked = ask("POST", target + query);
        CHECK(asked.answer->status == 400);
        CHECK_FALSE(asked.release);
    }
    CHECK_FALSE(ask("POST", "/v1/release", "{}").release);
    CHECK_FALSE(ask("POST", "/v1/resume?for=1m").resume);
    CHECK(ask("POST", "/v1/instances/VI_2/release").answer->status == 404);
    CHECK_FALSE(ask("GET", "/v1/release").answer); // not for this, and no release
    CHECK_FALSE(ask("POST", "/v1/instances/release").answer);
    CHECK_FALSE(ask("POST", "/v1/instances/VI_1/hooks/release").answer); // that only runs the hooks
}

TEST_CASE("a resume tells who takes part again") {
    const auto asked = ask("POST", "/v1/instances/VI_1/resume");
    CHECK(asked.resume == "VI_1");
    CHECK(asked.answer->body == "{\"resumed\":[\"VI_1\"]}\n");
    CHECK(ask("POST", "/v1/resume").resume == "");
}
