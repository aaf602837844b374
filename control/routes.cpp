#include "control/routes.h"

#include "control/status.h"
#include "control/why.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace baton::control {
namespace {

Answer ok(const Json& json) { return {200, to_text(json) + "\n", ""}; }

std::optional<unsigned> hex_digit(char c) {
    const auto at =
        std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

/// RFC 3986 section 2.1. A stray % stands for itself.
std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = i + 2 < text.size() && text[i] == '%' ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (low) {
            result += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// What follows `prefix`, if anything does.
std::optional<std::string> name_after(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix) || path.size() == prefix.size())
        return std::nullopt;
    return percent_decoded(path.substr(prefix.size()));
}

Answer not_allowed(const std::string& allowed) {
    auto answer = refusal(405, "only " + allowed + " is answered here");
    answer.allow = allowed;
    return answer;
}

/// Whoever means a dry run must not get a real one: what is not understood is refused.
std::optional<bool> is_dry_run(std::string_view target) {
    const auto query = target.find('?');
    const auto text = query == std::string_view::npos ? "" : target.substr(query + 1);
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
    const auto query = request.target.find('?');
    const auto text = query == std::string_view::npos ? std::string_view() : request.target.substr(query + 1);
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

std::string_view path_of(const Request& request) {
    return request.target.substr(0, request.target.find('?'));
}

Answer plan_hooks(const HooksPath& path, const Service& service) {
    const auto plan = service.plan_hooks(path.instance, path.event);
    return plan ? ok(plan_json(path.instance, path.event, *plan)) : refusal(404, plan.error().text);
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
    const auto path = path_of(request);
    if (path == "/v1/reload")
        return request.method == "POST" ? reload(request, service) : not_allowed("POST");
    if (const auto name = name_after("/v1/checks/", path))
        return request.method == "POST" ? set_check(request, *name, service) : not_allowed("POST");
    const auto hooks = hooks_path(path);
    if (request.method != "GET")
        return not_allowed(hooks ? "GET, POST" : "GET");
    if (hooks)
        return plan_hooks(*hooks, service);
    if (path == "/healthz")
        return ok({{"status", "ok"}});
    if (path == "/v1/status")
        return ok(status_json(service.report()));
    if (const auto name = name_after("/v1/instances/", path))
        return about_instance(service.report(), *name, instance_json);
    if (const auto name = name_after("/v1/why/", path))
        return about_instance(service.report(), *name, why_json);
    return refusal(404,
                   "there is no " + std::string(path) +
                       " (there are: /v1/status, /v1/instances/{name}, /v1/instances/{name}/hooks/{event}, "
                       "/v1/why/{name}, /healthz; to POST: /v1/reload, /v1/checks/{name}, "
                       "/v1/instances/{name}/hooks/{event})");
}

bool answer_later(const Request& request, const Service& service, const std::function<void(Answer)>& reply) {
    const auto path = hooks_path(path_of(request));
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
