// Packets between network namespaces, and what comes of them.
//
// That a packet was dropped is not awaited but shown: another one, sent after it to an address that answers,
// has been answered, and it has not.
#pragma once

#include "base/address.h"
#include "base/descriptor.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace baton::test {

/// A raw ICMP or ICMPv6 socket where the test is when it is made.
class Icmp {
public:
    explicit Icmp(Family family);

    /// Sends an echo request, again and again, until its answer is there or patience is over.
    [[nodiscard]] bool echoes(const std::string& address);

    /// Whether echo requests to `address` stay without an answer, while those to `control`, sent after them,
    /// are answered.
    [[nodiscard]] bool silent(const std::string& address, const std::string& control);

    /// Sends a Neighbor Solicitation or Advertisement (RFC 4861 sections 4.3, 4.4) for `target`, as unicast.
    void send_neighbor_message(std::uint8_t type, const std::string& address, const std::string& target);

    /// Awaits such a message for `target`.
    [[nodiscard]] bool hears_neighbor_message(std::uint8_t type, const std::string& target);

private:
    void send(const std::string& address, std::span<const std::uint8_t> message);
    void request_echo(const std::string& address);
    /// The next ICMP message, without IPv4 header, and who sent it; empty after a tenth of a second.
    [[nodiscard]] std::pair<std::string, std::vector<std::uint8_t>> receive();
    [[nodiscard]] bool is_echo_reply(const std::vector<std::uint8_t>& message) const;

    Family family_;
    Descriptor socket_;
    std::uint16_t sequence_{0};
};

/// A socket that listens on a port of all addresses, IPv4 and IPv6, where the test is.
[[nodiscard]] Descriptor listen_on(std::uint16_t port);

/// Begins to connect, from port `local` if that is not 0, and does not wait for it.
[[nodiscard]] Descriptor begin_connecting(const std::string& address, std::uint16_t port,
                                          std::uint16_t local = 0);

/// Whether a connection is there, within `milliseconds`.
[[nodiscard]] bool connected(const Descriptor& socket, int milliseconds);

/// Runs a command (split at spaces) and answers its exit status; what it prints is thrown away.
int run(const std::string& command);

} // namespace baton::test
