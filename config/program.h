// Whether a file can be run as the operator's program: looked at once, when the configuration is read.
//
// It may be gone or changed when its turn comes; then the run fails, which is a bad result of the check.
#pragma once

#include <string>
#include <vector>

namespace baton::config {

/// What is wrong with running `path`, in words; empty if it is an absolute path to a regular file that this
/// process may execute and that not everybody may write to.
[[nodiscard]] std::string program_fault(const std::string& path);

/// The same of a hook's: nobody but the owner of the file may write to it, nor put another in its place.
[[nodiscard]] std::string hook_program_fault(const std::string& path);

/// Of a command that is a line for the shell, the program that it begins with, where that is plain to see: an
/// absolute path of characters that mean nothing to the shell. Else empty.
[[nodiscard]] std::string program_of_line(const std::vector<std::string>& argv);

} // namespace baton::config
