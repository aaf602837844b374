// Routes as rtnetlink messages, both ways (RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE; rtnetlink(7)). Pure.
//
// Every route of ours carries `route_mark` as its rtm_protocol. The kernel keeps it, can be asked for it
// alone, and removes no route whose mark is another than that of the request: so a request made here cannot
// touch what others have put there.
#pragma once

#include "netlink/message.h"
#include "netlink/route.h"

#include <vector>

namespace baton::netlink {

/// The protocol of baton's routes and rules: 'b', as for addresses (mark.h; decision 014).
inline constexpr std::uint8_t route_mark = 98;

/// RTM_NEWROUTE or RTM_DELROUTE; `flags` NLM_F_*. `route` must be normal.
[[nodiscard]] Message route_request(int type, int flags, const Route& route);

/// Asks for all of ours of one family, in all tables.
[[nodiscard]] Message route_dump_request(Family family);

/// The route of ours that an RTM_NEWROUTE tells of, normal; several where the kernel has put several next
/// hops into one. Nothing for any other message, a malformed one, or a route that is not ours.
[[nodiscard]] std::vector<Route> parse_routes(const nlmsghdr& message);

} // namespace baton::netlink
