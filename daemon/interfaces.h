// The names of this host's interfaces, for what needs no more (if_nameindex(3)).
#pragma once

#include "base/strong.h"
#include "config/load.h"

#include <map>
#include <string>

namespace baton::daemon {

[[nodiscard]] std::map<std::string, IfIndex> interfaces_of_this_host();

/// An error for each place of the configuration that names an interface this host does not have.
[[nodiscard]] config::Errors unknown_interfaces(const config::Loaded& loaded,
                                                const std::map<std::string, IfIndex>& present);

} // namespace baton::daemon
