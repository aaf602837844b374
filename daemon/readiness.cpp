#include "daemon/readiness.h"

#include <chrono>
#include <string>
#include <systemd/sd-daemon.h>

namespace baton::daemon {

void notify_ready(std::size_t instances) {
    const auto status =
        "taking part with " + std::to_string(instances) + (instances == 1 ? " instance" : " instances");
    sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void notify_reloading() { sd_notify(0, "RELOADING=1"); }

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

void notify_stopping_takes(Duration takes) {
    constexpr auto for_the_rest = std::chrono::seconds(10);
    const auto microseconds = std::chrono::ceil<std::chrono::microseconds>(takes + for_the_rest);
    sd_notify(0, ("EXTEND_TIMEOUT_USEC=" + std::to_string(microseconds.count())).c_str());
}

} // namespace baton::daemon
