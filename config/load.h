// The way from a configuration file to a Config: all of it, or every error in it.
//
// Reads the file it is given and looks at the programs that file names; knows nothing of interfaces and
// addresses of this host. What only the kernel can tell is reported through Loaded::problem.
#pragma once

#include "base/result.h"
#include "config/config.h"
#include "config/problem.h"

#include <string>
#include <string_view>

namespace baton::config {

struct Loaded {
    Config config;
    Positions positions;
    std::string file;

    /// A problem found later, with its place: problem("/instances/VI_1/interface", "there is no interface
    /// \"eth9\" here", "eth0", "lo, eth0"). A pointer the file does not have takes the place of what is
    /// around it. Pointers with names in them are built with Pointer{}.
    [[nodiscard]] Problem problem(std::string pointer, std::string message, std::string suggestion = {},
                                  std::string allowed = {}) const;
};

/// More than any real configuration; a device or an endless pipe given by mistake ends here.
inline constexpr std::size_t largest_file = std::size_t{4} << 20;

/// Errors come in the order of the file and are never empty. `file_name` is for them only.
[[nodiscard]] Result<Loaded, Errors> load(std::string_view text, const std::string& file_name);

/// A file that cannot be read is one error without a line.
[[nodiscard]] Result<Loaded, Errors> load_file(const std::string& path);

} // namespace baton::config
