// The words in which refusals of the kernel are told to people.
#pragma once

#include "base/strong.h"
#include "netlink/socket.h"

#include <string>

namespace baton::netlink {

/// "eth0", or "interface number 7" when there is none by that number (any more).
[[nodiscard]] std::string name_of(IfIndex interface);

/// What the kernel said, and what to do where that is known.
[[nodiscard]] std::string words(const Refusal& refusal);

} // namespace baton::netlink
