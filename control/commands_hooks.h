// `batonctl hooks`: what there is, what would be run, and running it as batond would.
#pragma once

#include "base/result.h"

#include <iosfwd>
#include <string>

namespace baton::control {

struct HooksRequest {
    std::string socket;
    std::string instance;
    std::string event;
    bool json{false};
};

/// What was run by hand was not well.
struct HookFailure {
    std::string text;
    int status{1}; ///< the exit status of the first hook that failed; 1 if it had none
};

[[nodiscard]] Result<void, HookFailure> list_hooks(const HooksRequest& request, std::ostream& out);

/// argv, environment and input of each hook; nothing is run.
[[nodiscard]] Result<void, HookFailure> show_hooks(const HooksRequest& request, std::ostream& out);

/// Has batond run them, waits, and prints what they print.
[[nodiscard]] Result<void, HookFailure> run_hooks(const HooksRequest& request, std::ostream& out);

} // namespace baton::control
