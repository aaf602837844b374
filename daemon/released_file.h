// The file that says who stands aside, by name, with the second of 1970 when that ends: {"VI_1": 1740830400,
// "VI_2": null}.
//
// Written anew as a whole, under another name first. Not forced to the disk: it is there to outlive a restart
// of batond, and a reboot that ends in order, not a power cut in the moment after it.
#pragma once

#include "base/result.h"
#include "control/report.h"

#include <map>
#include <optional>
#include <string>

namespace baton::daemon {

/// By instance: until when, or nothing, until somebody resumes it.
using Released = std::map<std::string, std::optional<control::WallTime>>;

/// Its path: one for each node, as several may share a directory.
[[nodiscard]] std::string released_file(const std::string& state_dir, const std::string& node);

/// Nobody, if there is no such file. An error: what stands there is not understood.
[[nodiscard]] Result<Released, Error> read_released(const std::string& path);

/// No file, where nobody is released.
[[nodiscard]] Result<void, Error> write_released(const std::string& state_dir, const std::string& path,
                                                 const Released& released);

} // namespace baton::daemon
