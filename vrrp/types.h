// The small values of the protocol: who, how important, in which state (RFC 9568 sections 5 and 6).
#pragma once

#include "base/address.h"
#include "base/strong.h"

#include <cstdint>

namespace baton::vrrp {

/// Virtual Router Identifier, 1..255 (RFC 9568 section 5.2.3).
using Vrid = Strong<struct VridTag, std::uint8_t>;

/// 1..254 for those that stand in, 255 for the owner of the addresses, 0 to give up (section 5.2.4).
using Priority = Strong<struct PriorityTag, std::uint8_t>;

inline constexpr Priority resigning{0}; ///< "I stop taking part": never a configured priority
inline constexpr Priority owner{255};   ///< the router that has the addresses as its own

/// The virtual router's MAC address: 00-00-5E-00-01-VRID for IPv4, 00-00-5E-00-02-VRID for IPv6
/// (section 7.3).
[[nodiscard]] constexpr MacAddress virtual_mac_address(Family family, Vrid vrid) {
    return {{0x00, 0x00, 0x5e, 0x00, static_cast<std::uint8_t>(family == Family::ipv4 ? 1 : 2), vrid.value}};
}

/// The place of an instance in a Node: at first that in Settings::instances; it stays when others come and
/// go.
using InstanceId = Strong<struct InstanceIdTag, std::uint32_t>;

/// The place of a check in a Node: at first that in Settings::checks; it stays when others come and go.
using CheckId = Strong<struct CheckIdTag, std::uint32_t>;

/// RFC 9568 section 6.3, and `fault`: kept out of the election by something named in the snapshot.
enum class State : std::uint8_t { initialize, backup, active, fault };

/// VRRPv2 is RFC 3768 (IPv4 only), VRRPv3 is RFC 9568.
enum class Version : std::uint8_t { v2 = 2, v3 = 3 };

/// The ways VRRPv3 adverts over IPv4 are summed in the field (decision 005). IPv6 has the pseudo-header form
/// only, VRRPv2 the message-only form only.
enum class ChecksumForm : std::uint8_t {
    message_only,       ///< RFC 9568 section 5.2.8
    pseudo_header,      ///< RFC 5798 as keepalived and FRR read it
    group_pseudo_header ///< a unicast advert summed as if sent to 224.0.0.18 (keepalived before 1.3.7)
};

[[nodiscard]] constexpr const char* to_string(State state) {
    switch (state) {
    case State::initialize:
        return "initialize";
    case State::backup:
        return "backup";
    case State::active:
        return "active";
    case State::fault:
        return "fault";
    }
    return "";
}

} // namespace baton::vrrp
