// What a check speaks to: an address, from one of our own if need be, by an interface, a port, a Unix socket.
#pragma once

#include "base/address.h"
#include "config/json.h"
#include "config/problem.h"

#include <cstdint>
#include <optional>
#include <string>

namespace baton::config {

struct Peer {
    IpAddress address{}; ///< a stand-in if it was refused
    std::optional<IpAddress> source{};
};

/// "address" and "source_address", which are of one family.
[[nodiscard]] Peer read_peer(const Json& json, const Pointer& at, Findings& findings);

/// "interface", which a link-local address needs beside it (RFC 4007).
[[nodiscard]] std::string read_way_out(const Json& json, const IpAddress& peer, const Pointer& at,
                                       Findings& findings);

[[nodiscard]] std::uint16_t read_port(const Json& json, std::uint16_t standard);

/// Tells what no socket can be called: its address has room for so many octets (unix(7)).
void find_long_socket_path(const std::string& path, const Pointer& at, Findings& findings);

} // namespace baton::config
