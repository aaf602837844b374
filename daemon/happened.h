// A transition as it was carried out, with what a hook wants to know of it.
#pragma once

#include "control/report.h"
#include "vrrp/settings.h"

#include <string>

namespace baton::daemon {

struct Happened {
    const vrrp::InstanceSettings& settings;
    const control::TransitionRecord& record;
    std::string active_router; ///< empty: not known
};

} // namespace baton::daemon
