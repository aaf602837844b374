// One check of the file: its rhythm, and what it does.
#pragma once

#include "config/config.h"
#include "config/json.h"
#include "config/problem.h"

#include <string>

namespace baton::config {

/// Adds it to `config`, whose node has been read.
void read_check(const std::string& name, const Json& json, Config& config, Findings& findings);

} // namespace baton::config
