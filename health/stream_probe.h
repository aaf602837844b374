// Runs a dialogue with a peer over TCP or a Unix socket, with TLS from the moment the dialogue asks for it.
//
// Never blocks: no name is looked up (targets are addresses), and no more is read than the dialogue takes.
// What the peer sends goes to the dialogue and nowhere else.
#pragma once

#include "base/address.h"
#include "health/dialogue.h"
#include "health/probe.h"
#include "health/settings.h"
#include "health/tls.h"

#include <boost/asio/io_context.hpp>

namespace baton::health {

/// "10.0.1.10:25", "[2001:db8::1]:25", "/run/haproxy/admin.sock".
[[nodiscard]] std::string describe(const StreamTarget& target);

/// A run begins: connects, and then does what `dialogue` wants. `tls` is needed by those that start TLS, and
/// outlives the probe.
[[nodiscard]] std::unique_ptr<Probe> start_stream(boost::asio::io_context& loop, const StreamTarget& target,
                                                  std::unique_ptr<Dialogue> dialogue, Tls* tls, Done done);

} // namespace baton::health
