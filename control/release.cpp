#include "control/release.h"

#include "control/times.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace baton::control {

using Json = nlohmann::ordered_json;

namespace {

std::string names_of_refused(const ReleaseResult& result) {
    std::string names;
    for (const auto& outcome : result.outcomes)
        if (!outcome.released)
            names += (names.empty() ? "" : ", ") + outcome.instance;
    return names;
}

} // namespace

bool ReleaseResult::all_released() const {
    return std::all_of(outcomes.begin(), outcomes.end(),
                       [](const ReleaseOutcome& outcome) { return outcome.released; });
}

Json release_json(const ReleaseResult& result) {
    auto instances = Json::array();
    for (const auto& outcome : result.outcomes)
        instances.push_back({{"name", outcome.instance},
                             {"released", outcome.released},
                             {"was_active", outcome.was_active},
                             {"text", outcome.text}});
    Json json{{"instances", instances},
              {"until", result.until ? Json(rfc3339(*result.until)) : Json()},
              {"took_ms", milliseconds(result.took)},
              {"trouble", result.trouble.empty() ? Json() : Json(result.trouble)}};
    if (!result.all_released())
        json["error"] = "not released: " + names_of_refused(result);
    return json;
}

} // namespace baton::control
