// Tells systemd how far we are (sd_notify(3)); does nothing elsewhere.
#pragma once

#include <cstddef>

namespace baton::daemon {

void notify_ready(std::size_t instances);
void notify_stopping();
/// The next notify_ready() ends it.
void notify_reloading();

} // namespace baton::daemon
