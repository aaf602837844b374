// Is a unit of systemd active? Its ActiveState, asked for over D-Bus.
//
// Changes nothing and starts nothing. The bus is spoken to by sd-bus, on the loop and without blocking: a bus
// or a systemd that hangs is waited for like any other peer. org.freedesktop.systemd1(5), sd-bus(3).
#pragma once

#include "health/probe.h"

#include <boost/asio/io_context.hpp>

namespace baton::health {

struct SystemdSettings {
    std::string unit{}; ///< the whole name: "postfix.service", "srv-mail.mount"
    /// One address of a Unix socket, as D-Bus writes them.
    std::string bus{"unix:path=/run/dbus/system_bus_socket"};

    friend bool operator==(const SystemdSettings&, const SystemdSettings&) = default;
};

/// A run begins. Good when the unit is active, or active and just reloading; else it is told what it is
/// ("mail.service is failed (exit-code)").
[[nodiscard]] std::unique_ptr<Probe> start_systemd(boost::asio::io_context& loop,
                                                   const SystemdSettings& settings, Done done);

} // namespace baton::health
