// The whole configuration as one immutable value: what vrrp/ is to do, and what the edges are to run.
#pragma once

#include "base/time.h"
#include "scripts/command.h"
#include "vrrp/settings.h"

#include <string>
#include <vector>

namespace baton::config {

/// A check of type "script". Its rise and fall stand in settings.checks[check].
struct ScriptCheck {
    vrrp::CheckId check;
    scripts::Command command;
    Duration interval{std::chrono::seconds(2)};
};

struct Config {
    std::string node;        ///< this host's name in status; the host name unless given
    vrrp::Settings settings; ///< instances and checks, in the order of the file
    std::vector<ScriptCheck> scripts;
};

} // namespace baton::config
