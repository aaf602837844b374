// What is to be run: the member "run" of a check by a program, and of a hook.
#pragma once

#include "config/json.h"

#include <string>
#include <vector>

namespace baton::config {

/// A list is the program and its arguments; one string is what the shell is to run.
[[nodiscard]] std::vector<std::string> read_argv(const Json& json);

} // namespace baton::config
