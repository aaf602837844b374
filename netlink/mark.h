// The mark on every address that baton puts on an interface.
//
// It is the address's IFA_PROTO (Linux 5.18): a number the kernel keeps with the address and shows in every
// dump. So a daemon that starts again knows its own left-overs, and nothing without the mark is ever removed.
// 0 to 3 are the kernel's (linux/if_addr.h); the others are free, as in /etc/iproute2/rt_addrprotos.
#pragma once

#include <cstdint>

namespace baton::netlink {

/// 'b' for baton; `ip address show` prints it as "proto 0x62".
inline constexpr std::uint8_t address_mark = 0x62;

} // namespace baton::netlink
