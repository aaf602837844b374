#include "control/routes_release.h"

#include "base/duration.h"
#include "control/status.h"
#include "control/target.h"
#include "control/why.h"

#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

constexpr std::string_view instances = "/v1/instances/";

/// Whose release or resume it is; empty: all. Nothing for another path.
std::optional<std::string> subject(std::string_view path, const std::string& verb) {
    if (path == "/v1/" + verb)
        return "";
    return name_between(instances, path, "/" + verb);
}

/// "for=10m&force=1". Whoever means something else must not get a release: what is not understood is refused.
Result<ReleaseRequest, Error> request_of(std::string_view query) {
    ReleaseRequest request;
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part == "force=1" || part == "force=true") {
            request.force = true;
            continue;
        }
        if (!part.starts_with("for="))
            return Error{"\"" + std::string(part) + "\" is not understood: there are ?for=10m and ?force=1"};
        const auto duration = parse_duration(percent_decoded(part.substr(4)));
        if (!duration)
            return duration.error();
        if (*duration < std::chrono::seconds(1))
            return Error{"a release lasts 1s at least"};
        request.duration = *duration;
    }
    return request;
}

void release(const Request& http, const std::string& instance, const Service& service,
             const std::function<void(Answer)>& reply) {
    auto request = request_of(query_of(http.target));
    if (!request)
        return reply(refusal(400, request.error().text));
    request->instance = instance;
    const auto refused = service.release(*request, [reply](const ReleaseResult& result) {
        reply({result.all_released() ? 200U : 409U, to_text(release_json(result)) + "\n", ""});
    });
    if (refused)
        reply(refusal(409, refused->text));
}

void resume(const Request& http, const std::string& instance, const Service& service,
            const std::function<void(Answer)>& reply) {
    if (!query_of(http.target).empty())
        return reply(refusal(400, "a resume takes no query"));
    const auto resumed = service.resume(instance);
    reply(resumed ? Answer{200, to_text(Json{{"resumed", *resumed}}) + "\n", ""}
                  : refusal(409, resumed.error().text));
}

} // namespace

bool answer_release(const Request& request, const Service& service,
                    const std::function<void(Answer)>& reply) {
    const auto path = path_of(request.target);
    const auto released = subject(path, "release");
    const auto resumed = subject(path, "resume");
    if (request.method != "POST" || !(released || resumed))
        return false;
    const auto& name = released ? *released : *resumed;
    if (!name.empty())
        if (const auto known = find_instance(service.report(), name); !known) {
            reply(refusal(404, known.error().text));
            return true;
        }
    if (!request.body.empty())
        reply(refusal(400, "a release or a resume takes no body"));
    else if (released)
        release(request, name, service, reply);
    else
        resume(request, name, service, reply);
    return true;
}

} // namespace baton::control
