// Rules between the values of one instance: its family, its version, where its adverts go and come from.
#pragma once

#include "config/address.h"
#include "config/config.h"
#include "config/problem.h"

#include <map>

namespace baton::config {

/// RFC 9568 section 5.2.5: 40 octets of IPv6 and 8 of VRRP leave room for 90 addresses in 1500 octets.
inline constexpr std::size_t most_ipv6_addresses = 90;

/// Which instance has a virtual address.
using Holders = std::map<ScopedAddress, const vrrp::InstanceSettings*>;

/// Where the instance stands in the file.
[[nodiscard]] Pointer place_of(const vrrp::InstanceSettings& instance);

/// An address as one of the instance's interface. Without one (it was refused) it is like no other.
[[nodiscard]] ScopedAddress scoped(const IpAddress& address, const vrrp::InstanceSettings& instance);

/// One of the instance's addresses, on the interface where it stands.
[[nodiscard]] ScopedAddress scoped(const Prefix& held, const vrrp::InstanceSettings& instance);

void find_instance_faults(const vrrp::InstanceSettings& instance, const Holders& holders, Findings& findings);

} // namespace baton::config
