// ICMP's and ICMPv6's echo: the request we send, and what of what comes back is its reply.
//
// Pure. A reply is ours when identifier, sequence number and a token of the run are: so a late one, or that
// of another program, is none. RFC 792; RFC 4443 sections 2.3, 4.1 and 4.2; RFC 791 section 3.1.
#pragma once

#include "base/address.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace baton::health {

struct Echo {
    std::uint16_t identifier{0};
    std::uint16_t sequence{0};
    std::array<std::uint8_t, 16> token{}; ///< the data of the message

    friend bool operator==(const Echo&, const Echo&) = default;
};

/// An echo request. Its checksum is summed for IPv4; ICMPv6's is the kernel's, who knows the addresses
/// (RFC 3542 section 3.1).
[[nodiscard]] std::vector<std::uint8_t> encode_echo_request(Family family, const Echo& echo);

/// Reads an echo reply with data of the token's size. Nothing: it is none, or its IPv4 checksum is wrong.
/// That of ICMPv6 has been looked at by the kernel.
[[nodiscard]] std::optional<Echo> decode_echo_reply(Family family, std::span<const std::uint8_t> message);

/// What an IPv4 datagram carries, as a view into it. Nothing: it is not whole.
[[nodiscard]] std::optional<std::span<const std::uint8_t>>
payload_of_ipv4(std::span<const std::uint8_t> datagram);

} // namespace baton::health
