// The version of this build, one place for all programs. CMakeLists.txt's project() sets it.
#pragma once

#include <string_view>

namespace baton {

/// "0.1.0"
[[nodiscard]] std::string_view version();

} // namespace baton
