// Tells systemd how far we are (sd_notify(3)); does nothing elsewhere.
#pragma once

#include <string>

namespace baton::daemon {

void notify_ready(const std::string& status);
void notify_stopping();

} // namespace baton::daemon
