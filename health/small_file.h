// What stands in a small file, read without ever waiting for somebody to write it.
//
// Regular files only: no pipe, no device. A disk that does not answer can still hold us up
// (docs/architecture.md).
#pragma once

#include "base/result.h"

#include <string>

namespace baton::health {

/// All of it, at most `limit` octets. An error names the file and says why: not there, not to be read, no
/// file, too large.
[[nodiscard]] Result<std::string, Error> read_small_file(const std::string& path, std::size_t limit);

} // namespace baton::health
