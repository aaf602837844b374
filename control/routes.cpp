#include "control/routes.h"

#include "control/routes_release.h"
#include "control/target.h"
#include "control/why.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace baton::control {
namespace {

Answer ok(const Json& json) { return {200, to_text(json) + "\n", ""}; }

Answer not_allowed(const std::string& allowed) {
    auto answer = refusal(405, "only " + allowed + " is answered here");
    answer.allow = allowed;
    return answer;
}

/// Whoever means a dry run must not get a real one: what is not understood is refused.
std::optional<bool> is_dry_run(std::string_view target) {
    const auto text = query_of(target);
    if (text.empty() || text == "dry_run=0" || text == "dry_run=false")
        return false;
    if (text == "dry_run=1" || text == "dry_run=true")
        return true;
    return std::nullopt;
}

Answer reload(const Request& request, const Service& service) {
    const auto dry_run = is_dry_run(request.target);
    if (!dry_run || !request.body.empty())
        return refusal(400, "POST /v1/reload takes no body, and no query but ?dry_run=1");
    const auto reload = service.reload(*dry_run);
    const auto json = reload_json(reload);
    switch (reload.outcome) {
    case Reload::Outcome::done:
        return ok(json);
    case Reload::Outcome::bad_configuration:
        return {422, to_text(json) + "\n", ""};
    case Reload::Outcome::refused:
        break;
    }
    return {409, to_text(json) + "\n", ""};
}

Answer set_check(const Request& request, const std::string& name, const Service& service) {
    const auto text = query_of(request.target);
    const auto word = text.starts_with("set=") ? std::string(text.substr(4)) : std::string();
    if ((word != "up" && word != "down" && word != "auto") || !request.body.empty())
        return refusal(400, "POST /v1/checks/{name} takes no body, and ?set=up, ?set=down or ?set=auto");
    const auto up = word == "auto" ? std::nullopt : std::optional(word == "up");
    if (!service.set_check(name, up))
        return refusal(404, "there is no check \"" + name + "\"");
    return ok({{"check", name}, {"set", word}});
}

struct HooksPath {
    std::string instance;
    std::string event;
};

/// "/v1/instances/{name}/hooks/{event}"
std::optional<HooksPath> hooks_path(std::string_view path) {
    constexpr std::string_view prefix = "/v1/instances/";
    constexpr std::string_view between = "/hooks/";
    const auto at = path.find(between);
    if (!path.starts_with(prefix) || at == std::string_view::npos || at < prefix.size())
        return std::nullopt;
    return HooksPath{percent_decoded(path.substr(prefix.size(), at - prefix.size())),
                     percent_decoded(path.substr(at + between.size()))};
}

Answer plan_hooks(const HooksPath& path, const Service& service) {
    const auto plan = service.plan_hooks(path.instance, path.event);
    return plan ? ok(plan_json(path.instance, path.event, *plan)) : refusal(404, plan.error().text);
}

/// Where answer_later() has left a request that is no POST.
bool posts_only(std::string_view path) {
    constexpr std::string_view instances = "/v1/instances/";
    return path == "/v1/release" || path == "/v1/resume" || name_between(instances, path, "/release") ||
           name_between(instances, path, "/resume");
}

using InstanceView = Json (*)(const Report&, std::size_t);

Answer about_instance(const Report& report, const std::string& name, InstanceView view) {
    const auto index = find_instance(report, name);
    return index ? ok(view(report, *index)) : refusal(404, index.error().text);
}

} // namespace

Answer refusal(unsigned status, const std::string& text) {
    return {status, to_text({{"error", text}}) + "\n", ""};
}

Answer answer(const Request& request, const Service& service) {
    const auto path = path_of(request.target);
    if (path == "/v1/reload")
        return request.method == "POST" ? reload(request, service) : not_allowed("POST");
    if (const auto name = name_between("/v1/checks/", path))
        return request.method == "POST" ? set_check(request, *name, service) : not_allowed("POST");
    if (posts_only(path))
        return not_allowed("POST");
    const auto hooks = hooks_path(path);
    if (request.method != "GET")
        return not_allowed(hooks ? "GET, POST" : "GET");
    if (hooks)
        return plan_hooks(*hooks, service);
    if (path == "/healthz")
        return ok({{"status", "ok"}});
    if (const auto name = name_between("/v1/instances/", path))
        return about_instance(service.report(), *name, instance_json);
    if (const auto name = name_between("/v1/why/", path))
        return about_instance(service.report(), *name, why_json);
    return refusal(404,
                   "there is no " + std::string(path) +
                       " (there are: /v1/status, /v1/instances/{name}, /v1/instances/{name}/hooks/{event}, "
                       "/v1/why/{name}, /healthz; to POST: /v1/reload, /v1/checks/{name}, "
                       "/v1/instances/{name}/hooks/{event}, /v1/instances/{name}/release, "
                       "/v1/instances/{name}/resume, /v1/release, /v1/resume)");
}

std::optional<StatusText> answer_in_pieces(const Request& request, const Service& service) {
    if (request.method != "GET" || path_of(request.target) != "/v1/status")
        return std::nullopt;
    return StatusText(service.report());
}

bool answer_later(const Request& request, const Service& service, const std::function<void(Answer)>& reply) {
    if (answer_release(request, service, reply))
        return true;
    const auto path = hooks_path(path_of(request.target));
    if (!path || request.method != "POST")
        return false;
    if (request.target.find('?') != std::string_view::npos || !request.body.empty()) {
        reply(refusal(400, "POST /v1/instances/{name}/hooks/{event} takes no body and no query; GET says "
                           "what would be run"));
        return true;
    }
    if (const auto plan = service.plan_hooks(path->instance, path->event); !plan) {
        reply(refusal(404, plan.error().text));
        return true;
    }
    const auto refused =
        service.run_hooks(path->instance, path->event, [reply, path = *path](const HookResult& result) {
            reply(ok(result_json(path.instance, path.event, result)));
        });
    if (refused)
        reply(refusal(409, refused->text));
    return true;
}

} // namespace baton::control
