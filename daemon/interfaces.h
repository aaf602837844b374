// The interfaces of this host, for what needs no more than names and numbers (if_nameindex(3)).
#pragma once

#include "base/strong.h"

#include <map>
#include <string>

namespace baton::daemon {

[[nodiscard]] std::map<std::string, IfIndex> interfaces_of_this_host();

/// "eth0", or "interface 7" when there is none of that number any more.
[[nodiscard]] std::string name_of(IfIndex interface);

} // namespace baton::daemon
