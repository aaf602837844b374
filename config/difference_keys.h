// The keys of an instance and of a check, and whether two have the same under them.
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace baton::config {

/// The keys under which two instances of one name differ; empty if and only if nothing does.
[[nodiscard]] std::vector<std::string> different_keys(const Config& before, const vrrp::InstanceSettings& was,
                                                      const Config& after, const vrrp::InstanceSettings& is);

/// The same of two checks, by their places in Settings::checks.
[[nodiscard]] std::vector<std::string> different_check_keys(const Config& before, std::size_t was,
                                                            const Config& after, std::size_t is);

/// All keys of an instance that are looked at: those of the schema.
[[nodiscard]] std::vector<std::string> instance_keys();

} // namespace baton::config
