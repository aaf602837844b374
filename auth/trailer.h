// The 28 octets that keepalived 2.4 (auth_hmac) puts behind a VRRP message, and their HMAC-SHA256.
//
//     0 type (1) | 1 key id | 2 reserved, zero | 4 sequence (auth/sequence.h) | 12 MAC, first 16 octets
//
// The MAC stands for: 4 or 6, VRRP version, VRID, 0, source address left-aligned in 16 octets; the message
// with its checksum field zero; the trailer with its MAC zero. It does not stand for destination, hop limit
// and interface. Trailers are told by length alone: nothing in the message announces them.
#pragma once

#include "auth/key.h"
#include "auth/sequence.h"
#include "base/address.h"

#include <array>
#include <optional>
#include <span>

namespace baton::auth {

inline constexpr std::size_t trailer_size = 28;
inline constexpr std::size_t mac_size = 16;

using TrailerBytes = std::array<std::uint8_t, trailer_size>;
using Mac = std::array<std::uint8_t, mac_size>;

struct Trailer {
    KeyId key;
    Sequence sequence;
    Mac mac{};
};

[[nodiscard]] TrailerBytes encode(const Trailer& trailer);

/// Nothing when the type is not 1, the reserved octets are not zero, or the key has number 0.
[[nodiscard]] std::optional<Trailer> decode(std::span<const std::uint8_t, trailer_size> octets);

/// What is signed besides the trailer.
struct Statement {
    std::uint8_t version{}; ///< 2 or 3
    std::uint8_t vrid{};
    IpAddress source;
    std::span<const std::uint8_t> message; ///< the VRRP message without trailer; its checksum may be anything
};

/// Octets of the VRRP message (RFC 9568 section 5.2, RFC 3768 section 5.3) as its own address count says;
/// nothing when there is not even that.
[[nodiscard]] std::optional<std::size_t> message_size(std::span<const std::uint8_t> payload,
                                                      std::uint8_t version, Family family);

/// trailer_size when the payload is exactly that much longer than its message, else 0.
[[nodiscard]] std::size_t trailer_in(std::span<const std::uint8_t> payload, std::uint8_t version,
                                     Family family);

/// The MAC of the statement under the trailer's number and key id (its own MAC is not looked at). Nothing
/// when libcrypto cannot make one (out of memory, or forbidden by its configuration).
[[nodiscard]] std::optional<Mac> mac_of(const Key& key, const Statement& statement, const Trailer& trailer);

/// In the same time wherever they differ.
[[nodiscard]] bool equal(const Mac& a, const Mac& b);

} // namespace baton::auth
