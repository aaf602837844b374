// Keys, an advert and moments that the tests of auth/ share.
#pragma once

#include "auth/key.h"
#include "auth/sequence.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace baton::testing {

/// 0x66000000 s since 1970, a moment in March 2024: the second that the golden packets carry.
inline constexpr auth::WallTime spring{std::chrono::seconds(0x66000000)};

inline const IpAddress peer_address = IpAddress::v4(192, 0, 2, 2);
inline const IpAddress other_address = IpAddress::v4(192, 0, 2, 3);

/// VRRPv3, VRID 10, priority 100, 1 s, 192.0.2.1, summed with a pseudo-header.
inline const std::vector<std::uint8_t> message{0x31, 0x0a, 0x64, 0x01, 0x00, 0x64,
                                               0x05, 0xfd, 0xc0, 0x00, 0x02, 0x01};

/// As text in a key file: 32 octets, made of one digit.
[[nodiscard]] inline std::string secret(char digit) { return std::string(32, digit); }

[[nodiscard]] inline auth::Key key(char digit) {
    const auto text = secret(digit);
    return auth::Key(std::vector<std::uint8_t>(text.begin(), text.end()));
}

} // namespace baton::testing
