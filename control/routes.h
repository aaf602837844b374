// What the API answers: a request's method and target, and the report, to a status code and JSON.
//
// Pure: no socket, no HTTP library. The report is made only for a request that needs it.
#pragma once

#include "control/report.h"

#include <functional>
#include <string>
#include <string_view>

namespace baton::control {

struct Answer {
    unsigned status{200};
    std::string body; ///< JSON with a newline at its end
};

/// GET of /v1/status, /v1/instances/{name}, /v1/why/{name} and /healthz; a query is ignored. Errors are
/// {"error": text}: 404 says what there is, 405 belongs with "Allow: GET".
[[nodiscard]] Answer answer(std::string_view method, std::string_view target,
                            const std::function<Report()>& report);

/// {"error": text}
[[nodiscard]] Answer refusal(unsigned status, const std::string& text);

} // namespace baton::control
