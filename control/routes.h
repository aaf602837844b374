// What the API answers: a request's method and target, and the report, to a status code and JSON.
//
// Pure: no socket, no HTTP library. The report is made only for a request that needs it.
#pragma once

#include "control/service.h"
#include "control/status.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace baton::control {

struct Request {
    std::string_view method;
    std::string_view target;
    std::string_view body{};
};

struct Answer {
    unsigned status{200};
    std::string body;  ///< JSON with a newline at its end
    std::string allow; ///< with 405: the methods that are answered there
};

/// GET of /v1/instances/{name}, /v1/instances/{name}/hooks/{event}, /v1/why/{name} and /healthz,
/// where a query is ignored; POST of /v1/reload, where one that is not understood is refused, as is a body.
/// Errors are {"error": text}: 404 says what there is.
[[nodiscard]] Answer answer(const Request& request, const Service& service);

/// GET of /v1/status: to be written a piece at a time. Nothing for any other request: that is not for this.
[[nodiscard]] std::optional<StatusText> answer_in_pieces(const Request& request, const Service& service);

/// POST of /v1/instances/{name}/hooks/{event}, of a release and of a resume (routes_release.h): does it, and
/// calls `reply` once it has ended, or at once with a refusal. False for any other request: that is not for
/// this.
[[nodiscard]] bool answer_later(const Request& request, const Service& service,
                                const std::function<void(Answer)>& reply);

/// {"error": text}
[[nodiscard]] Answer refusal(unsigned status, const std::string& text);

} // namespace baton::control
