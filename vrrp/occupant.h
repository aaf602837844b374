// Whose settings a Node goes by, or will: what the edges must have ready (sockets, interfaces, keys).
#pragma once

#include "vrrp/settings.h"

namespace baton::vrrp {

/// What a place is used by, or will be.
struct Occupant {
    InstanceId id;
    const InstanceSettings* settings{nullptr};
    bool leaving{false}; ///< hands over and goes
    bool left{false};    ///< has gone; somebody is to come here who still waits
    bool waiting{false}; ///< comes, or changes to this, once others have left
};

} // namespace baton::vrrp
