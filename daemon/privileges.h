// What batond must be allowed to do (capabilities(7)), told before anything is started.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace baton::daemon {

/// Which of CAP_NET_RAW (adverts, ARP) and CAP_NET_ADMIN (addresses) are missing, in words with the way
/// out; nothing when all is well. `effective` is the set of the process.
[[nodiscard]] std::optional<Error> missing_privileges(std::uint64_t effective);

/// The effective set out of the text of /proc/self/status; 0 when it is not there.
[[nodiscard]] std::uint64_t effective_capabilities(std::string_view proc_status);

/// The effective set of this process.
[[nodiscard]] std::uint64_t own_capabilities();

} // namespace baton::daemon
