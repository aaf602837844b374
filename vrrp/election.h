// Who wins (RFC 9568 section 6.4.3).
#pragma once

#include "base/address.h"
#include "vrrp/types.h"

namespace baton::vrrp {

/// One side of a comparison: its priority, and the primary address its adverts come from.
struct Candidate {
    Priority priority;
    IpAddress primary;
};

/// True when an Active router `self` must yield to an advert from `peer`: a higher priority, or the same
/// priority and a greater primary address (unsigned, network byte order). Priority 0 never outranks.
[[nodiscard]] constexpr bool outranks(const Candidate& peer, const Candidate& self) {
    if (peer.priority != self.priority)
        return peer.priority > self.priority;
    return peer.primary > self.primary;
}

} // namespace baton::vrrp
