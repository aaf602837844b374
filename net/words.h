// How this folder's errors read.
#pragma once

#include "base/result.h"
#include "base/strong.h"

#include <optional>
#include <string>

namespace baton::net {

/// "Network is down".
[[nodiscard]] std::string error_text(int code);

/// "eth0"; nothing once it is gone.
[[nodiscard]] std::optional<std::string> find_name(IfIndex interface);

/// "eth0", or "interface number 7" once it is gone.
[[nodiscard]] std::string interface_name(IfIndex interface);

/// A socket that could not be had; for EPERM with what to do about it.
[[nodiscard]] Error cannot_open(const std::string& what, int code);

} // namespace baton::net
