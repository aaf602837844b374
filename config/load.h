// The way from a configuration file to a Config: all of it, or every error in it.
//
// Reads the file it is given and looks at the programs that file names; asks no kernel. Which interfaces
// there are it must be told (Host).
#pragma once

#include "base/result.h"
#include "config/config.h"
#include "config/problem.h"
#include "config/validate.h"

#include <optional>
#include <string>
#include <string_view>

namespace baton::config {

/// More than any real configuration; a log or a disk image given by mistake ends here.
inline constexpr std::size_t largest_file = std::size_t{4} << 20;

/// Errors come in the order of the file and are never empty. `file_name` is for them only.
/// Interfaces that `host` does not have are errors too.
[[nodiscard]] Result<Config, Errors> load(std::string_view text, const std::string& file_name,
                                          const std::optional<Host>& host = std::nullopt);

/// Regular files only, and links to them. A file that cannot be read is one error without a line.
[[nodiscard]] Result<Config, Errors> load_file(const std::string& path,
                                               const std::optional<Host>& host = std::nullopt);

} // namespace baton::config
