// batonctl: what its command line means. The program itself (ctl.cpp) is only main().
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace baton::control {

/// Carries out the words after the program's name; answers go to `out`, complaints to `err`. The exit status:
/// 0 done, 1 the daemon refused or cannot be reached, 2 the command line makes no sense, 78 the configuration
/// that it was to take over is bad.
[[nodiscard]] int run_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

} // namespace baton::control
