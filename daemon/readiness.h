// Tells systemd how far we are (sd_notify(3)); does nothing elsewhere.
#pragma once

#include "base/time.h"

#include <cstddef>

namespace baton::daemon {

void notify_ready(std::size_t instances);
void notify_stopping();
/// The end may take that much longer than any stop does.
void notify_stopping_takes(Duration takes);
/// The next notify_ready() ends it.
void notify_reloading();

} // namespace baton::daemon
