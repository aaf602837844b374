// What is wrong with a configuration although each of its values is in order: things used twice, names of
// things that are not there, settings that could never take effect, programs that cannot run.
//
// Looks at a Config and at the files it names, not at JSON: whatever notation it came from, the rules are the
// same. Pointers are those of the JSON form.
#pragma once

#include "config/config.h"
#include "config/problem.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace baton::config {

/// What is known of the host that is to run the configuration.
struct Host {
    std::vector<std::string> interfaces; ///< their names, sorted
    /// What is wrong with the key file of that path; empty if nothing. Without it key files are not looked
    /// at.
    std::function<std::string(const std::string& path)> key_file_fault{};
    /// The same of a file with certificates to trust.
    std::function<std::string(const std::string& path)> ca_file_fault{};
};

/// Without a host, interfaces and key files are not looked at. Parts that were refused before hold zero (no
/// name, VRID 0, address 0.0.0.0 or ::) and are passed over.
[[nodiscard]] Findings validate(const Config& config, const std::optional<Host>& host);

} // namespace baton::config
