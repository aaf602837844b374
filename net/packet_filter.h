// Packet sockets that hear only what a classic BPF program lets through (packet(7), the kernel's
// Documentation/networking/filter.rst).
//
// Whoever receives must look anyway: a list that is longer than a program may be lets everything through.
#pragma once

#include "base/address.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "base/strong.h"

#include <cstdint>
#include <linux/filter.h>
#include <span>
#include <string>
#include <vector>

namespace baton::net {

using Filter = std::vector<sock_filter>;

/// `width` is BPF_B, BPF_H or BPF_W; `at` counts octets from where the socket's packets begin.
[[nodiscard]] sock_filter load(std::uint16_t width, std::uint32_t at);

/// What was loaded must be that.
void require(Filter& filter, std::uint32_t value);

/// What was loaded must be one of these: an IPv4 address, or the last four octets of an IPv6 address. Ends
/// the program.
void require_any_of(Filter& filter, std::span<const IpAddress> addresses);

struct FilteredSocket {
    int type{0}; ///< SOCK_RAW: with the Ethernet header; SOCK_DGRAM: without
    std::uint16_t ethertype{0};
    IfIndex interface;
};

/// Hears what comes in there and passes the filter, from its first moment. `what` it is says the error.
/// Refused without CAP_NET_RAW, and when there is no such interface.
[[nodiscard]] Result<Descriptor, Error> open_filtered(const std::string& what, const FilteredSocket& wanted,
                                                      Filter filter);

} // namespace baton::net
