// Settings of a host out of fuzz input: every option of vrrp/settings.h, in the ranges it promises.
#pragma once

#include "tests/fuzz/input.h"
#include "tests/sim/kernel.h"
#include "vrrp/settings.h"

#include <vector>

namespace baton::fuzz {

/// One to three instances with VRIDs of their own, on eth0 or eth1.
[[nodiscard]] vrrp::Settings settings_from(Input& input);

/// The interfaces of that host: eth0 and eth1 with addresses of both families (and the owners' own), an empty
/// one for the addresses of each instance, and last a place for one under a name that nobody asked for.
[[nodiscard]] std::vector<sim::Interface> interfaces_for(const vrrp::Settings& settings);

/// The n-th address of host `host` on the link of `interface` ("eth0", "eth1").
[[nodiscard]] IpAddress host_address(Family family, const std::string& interface, std::uint8_t host,
                                     bool link_local = true);

/// Hosts on each link: ours is in the middle, so that peers are less and greater.
inline constexpr std::uint8_t lesser_host = 50;
inline constexpr std::uint8_t this_host = 100;
inline constexpr std::uint8_t this_host_too = 101; ///< a second address of ours
inline constexpr std::uint8_t greater_host = 200;

} // namespace baton::fuzz
