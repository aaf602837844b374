// The `authentication` of type `hmac`: how the adverts of an instance are signed.
//
// The key file is not looked at here: what stands in it is nobody's business but that of auth/.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

#include <optional>

namespace baton::config {

/// Nothing when the adverts of the instance, of which `json` is the whole, are not signed.
[[nodiscard]] std::optional<SignedInstance> read_signature(vrrp::InstanceId id,
                                                           const vrrp::InstanceSettings& instance,
                                                           const Json& json, Findings& findings);

} // namespace baton::config
