// A private D-Bus with a systemd on it that knows the units a test wants: both processes of the test's own.
#pragma once

#include <memory>
#include <string>
#include <sys/types.h>

namespace baton::testing {

class Scratch;

/// dbus-daemon(1) with a configuration of its own, that ends with the test.
class Bus {
public:
    explicit Bus(const Scratch& scratch);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] pid_t daemon() const { return daemon_; }

    /// Owns org.freedesktop.systemd1 when this returns. It answers by the unit's name: see bus.cpp.
    void start_systemd();

private:
    std::string address_;
    pid_t daemon_{0};
    pid_t systemd_{0};
};

} // namespace baton::testing
