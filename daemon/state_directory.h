// The directory for what must outlive a restart, and the names of files in it.
#pragma once

#include "base/result.h"

#include <string>

namespace baton::daemon {

/// Made where there is none, for nobody else to look into. An error says what to do.
[[nodiscard]] Result<void, Error> make_state_directory(const std::string& path);

} // namespace baton::daemon
