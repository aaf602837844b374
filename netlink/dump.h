// The kernel's tables of links and addresses, read whole (RTM_GETLINK, RTM_GETADDR; rtnetlink(7)).
#pragma once

#include "base/result.h"
#include "netlink/interface.h"
#include "netlink/socket.h"

#include <vector>

namespace baton::netlink {

[[nodiscard]] Result<std::vector<Link>, Refusal> read_links(Socket& socket);

/// All addresses: within each interface IPv4 before IPv6, and each in the kernel's order.
[[nodiscard]] Result<std::vector<PlacedAddress>, Refusal> read_addresses(Socket& socket);

/// Those of one interface, in the same order; refused with ENODEV when there is no such interface.
[[nodiscard]] Result<std::vector<HeldAddress>, Refusal> read_addresses(Socket& socket, IfIndex interface);

} // namespace baton::netlink
