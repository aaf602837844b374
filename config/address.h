// Whether an address can be what the configuration wants it for, by itself: a virtual one, that of a host, or
// a multicast group.
//
// Pure text and arithmetic. Special-purpose blocks: RFC 6890, RFC 4291; host and network part: RFC 1122
// section 3.2.1.3.
#pragma once

#include "base/address.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::config {

/// "10.0.1.100/24" or "fe80::100/64", or "10.0.1.100" for /32. The error says what is wrong and what to
/// write.
[[nodiscard]] Result<Prefix, Error> read_virtual_address(std::string_view text);

/// "10.0.1.12" or "fe80::12": what a node can send from and be reached at.
[[nodiscard]] Result<IpAddress, Error> read_host_address(std::string_view text);

/// "10.0.1.10" or "127.0.0.1": what a check can speak to, which may be this host itself.
[[nodiscard]] Result<IpAddress, Error> read_peer_address(std::string_view text);

/// "224.0.0.18" or "ff02::12".
[[nodiscard]] Result<IpAddress, Error> read_group(std::string_view text);

/// "10.1.0.0/16": a network, or "10.1.2.3" for one host; any block of addresses but the unspecified address
/// alone, which is what stands for a network that was refused (is_refused_network).
[[nodiscard]] Result<Prefix, Error> read_network(std::string_view text);
[[nodiscard]] bool is_refused_network(const Prefix& network);
/// All addresses of a family: 0.0.0.0/0 or ::/0.
[[nodiscard]] Prefix everything(Family family);

/// The prefix with all bits zero that are behind its length.
[[nodiscard]] Prefix network_of(const Prefix& prefix);

/// "IPv4" or "IPv6".
[[nodiscard]] std::string name_of(Family family);

/// What stands in the place of an address that was refused: the unspecified one of the family the text has.
[[nodiscard]] IpAddress stand_in(std::string_view text);
[[nodiscard]] bool is_stand_in(const IpAddress& address);

/// That of the first address that was not refused; else IPv6 if one was meant to be; else nobody knows.
[[nodiscard]] std::optional<Family> known_family(const std::vector<Prefix>& addresses);

/// An address and the link it is of: link-local IPv6 addresses are others on each interface (RFC 4007).
using ScopedAddress = std::pair<std::string, IpAddress>;
[[nodiscard]] ScopedAddress scoped(const IpAddress& address, const std::string& interface);

} // namespace baton::config
