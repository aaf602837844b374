// rtnetlink messages to values (rtnetlink(7)). Pure: reads the message it is given and nothing past it.
//
// A message that is not what its name says, is too short, or is of a kind we do not follow answers nothing.
#pragma once

#include "netlink/interface.h"

#include <linux/netlink.h>
#include <optional>

namespace baton::netlink {

/// RTM_NEWLINK and RTM_DELLINK. A bridge tells of its ports with the same types and family AF_BRIDGE:
/// taking a port's RTM_DELLINK for the interface's end would be wrong, so those answer nothing.
[[nodiscard]] std::optional<Link> parse_link(const nlmsghdr& message);

/// RTM_NEWADDR and RTM_DELADDR, IPv4 or IPv6.
[[nodiscard]] std::optional<PlacedAddress> parse_address(const nlmsghdr& message);

} // namespace baton::netlink
