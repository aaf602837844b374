// POST of /v1/release, /v1/resume, and the same behind /v1/instances/{name}: what routes.h leaves to here.
#pragma once

#include "control/routes.h"

#include <functional>

namespace baton::control {

/// False for any other request. `reply` is called once all of it has come to its end, or at once with a
/// refusal: 409 with the same JSON when something was not released.
[[nodiscard]] bool answer_release(const Request& request, const Service& service,
                                  const std::function<void(Answer)>& reply);

} // namespace baton::control
