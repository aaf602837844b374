// Is a unit of systemd active? Its ActiveState, asked for over D-Bus.
//
// Changes nothing and starts nothing. The bus is spoken to by sd-bus, on the loop and without blocking: a bus
// or a systemd that hangs is waited for like any other peer. org.freedesktop.systemd1(5), sd-bus(3).
#pragma once

#include "health/probe.h"
#include "health/settings.h"

#include <boost/asio/io_context.hpp>

namespace baton::health {

/// A run begins. Good when the unit is active, or active and just reloading; else it is told what it is
/// ("mail.service is failed (exit-code)").
[[nodiscard]] std::unique_ptr<Probe> start_systemd(boost::asio::io_context& loop,
                                                   const SystemdCheck& settings, Done done);

} // namespace baton::health
