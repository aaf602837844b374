#include "control/reload.h"

#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

using Json = nlohmann::ordered_json;

Json refusal_json(const Reload& reload) {
    Json errors = Json::array();
    for (const auto& problem : reload.problems)
        errors.push_back({{"file", problem.file},
                          {"line", problem.line},
                          {"column", problem.column},
                          {"pointer", problem.pointer},
                          {"text", problem.text}});
    return {{"error", reload.error}, {"errors", std::move(errors)}};
}

} // namespace

std::vector<std::string> reload_text(const Reload& reload) {
    std::vector<std::string> lines;
    if (reload.changes.empty())
        lines.emplace_back(reload.dry_run ? "nothing would change" : "nothing has changed");
    else
        lines.push_back(reload.dry_run ? "a reload would do this:" : "reloaded:");
    for (const auto& change : reload.changes)
        lines.push_back("  " + change.text);
    lines.push_back("  " + reload.unchanged);
    return lines;
}

Json reload_json(const Reload& reload) {
    if (reload.outcome != Reload::Outcome::done)
        return refusal_json(reload);
    Json changes = Json::array();
    for (const auto& change : reload.changes)
        changes.push_back({{"kind", change.kind},
                           {"name", change.name},
                           {"change", change.change},
                           {"keys", change.keys},
                           {"text", change.text}});
    return {{"dry_run", reload.dry_run},
            {"changes", std::move(changes)},
            {"unchanged",
             {{"instances", reload.unchanged_instances},
              {"checks", reload.unchanged_checks},
              {"sync_groups", reload.unchanged_sync_groups}}},
            {"text", reload_text(reload)}};
}

} // namespace baton::control
