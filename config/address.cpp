#include "config/address.h"

#include "config/json.h"

#include <algorithm>
#include <array>
#include <span>

namespace baton::config {
namespace {

/// What kind of address it is that no host may have; empty if a host may have it.
std::string_view special_block_v4(const IpAddress& address) {
    const auto first = address.bytes().front();
    if (first == 0)
        return "no host has an address that begins with 0";
    if (first == 127)
        return "loopback addresses never leave the host";
    if (address == IpAddress::v4(255, 255, 255, 255))
        return "this is the broadcast address of every network";
    return first >> 4 == 0xf ? "addresses from 240.0.0.0 on are reserved" : "";
}

std::string_view special_block_v6(const IpAddress& address) {
    const auto octets = address.bytes();
    if (octets.front() != 0)
        return "";
    if (std::any_of(octets.begin(), octets.end() - 1, [](std::uint8_t octet) { return octet != 0; }))
        return "addresses in ::/8 are reserved";
    if (octets.back() == 0)
        return "this is the unspecified address";
    return octets.back() == 1 ? "loopback addresses never leave the host" : "addresses in ::/8 are reserved";
}

std::string_view special_block(const IpAddress& address) {
    if (address.is_multicast())
        return "this is a multicast address";
    return address.family() == Family::ipv4 ? special_block_v4(address) : special_block_v6(address);
}

bool is_loopback(const IpAddress& address) {
    return address.family() == Family::ipv4 ? address.bytes().front() == 127
                                            : address == *IpAddress::parse("::1");
}

/// Whether all bits from `length` on are those of `filling`, 0x00 or 0xff.
bool host_part_is(const Prefix& prefix, std::uint8_t filling) {
    const auto octets = prefix.address.bytes();
    const std::size_t whole = prefix.length / 8U;
    if (whole == octets.size())
        return true;
    const auto mask = static_cast<std::uint8_t>(0xff >> prefix.length % 8U);
    return (octets[whole] & mask) == (filling & mask) &&
           std::all_of(octets.begin() + static_cast<std::ptrdiff_t>(whole) + 1, octets.end(),
                       [&](std::uint8_t octet) { return octet == filling; });
}

/// RFC 3021 and RFC 6164: of two addresses in a network both are hosts. IPv6 has no broadcast, but the
/// address of the network is that of all its routers (RFC 4291 section 2.6.1).
std::string_view place_in_network(const Prefix& prefix) {
    if (prefix.length == 0)
        return "a length of 0 would make the whole Internet local";
    if (prefix.length + 1U >= 8 * prefix.address.bytes().size())
        return "";
    if (host_part_is(prefix, 0))
        return "this is the address of the network itself, not of a host in it";
    const bool broadcast = prefix.address.family() == Family::ipv4 && host_part_is(prefix, 0xff);
    return broadcast ? "this is the broadcast address of its network" : "";
}

Error refuse(std::string_view text, std::string_view what, std::string_view why) {
    return Error{quote(text) + " cannot be " + std::string(what) + ": " + std::string(why)};
}

} // namespace

Prefix network_of(const Prefix& prefix) {
    std::array<std::uint8_t, 16> octets{};
    const auto bytes = prefix.address.bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int bits = std::clamp(static_cast<int>(prefix.length) - static_cast<int>(i) * 8, 0, 8);
        octets[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00 >> bits));
    }
    return {IpAddress::from_bytes(prefix.address.family(), std::span(octets).first(bytes.size())),
            prefix.length};
}

Result<Prefix, Error> read_virtual_address(std::string_view text) {
    const auto prefix = Prefix::parse(text);
    if (!prefix)
        return Error{"must be an IP address with the length of its network, such as \"10.0.1.100/24\" or "
                     "\"fe80::100/64\", not " +
                     quote(text)};
    if (const auto why = special_block(prefix->address); !why.empty())
        return refuse(text, "a virtual address", why);
    if (const auto why = place_in_network(*prefix); !why.empty())
        return refuse(text, "a virtual address", why);
    return *prefix;
}

Result<IpAddress, Error> read_host_address(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address)
        return Error{
            "must be an IP address without a prefix length, such as \"10.0.1.12\" or \"fe80::12\", not " +
            quote(text)};
    if (const auto why = special_block(*address); !why.empty())
        return refuse(text, "the address of a node", why);
    return *address;
}

Result<IpAddress, Error> read_peer_address(std::string_view text) {
    const auto address = IpAddress::parse(text);
    return address && is_loopback(*address) ? *address : read_host_address(text);
}

Result<IpAddress, Error> read_group(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address || !address->is_multicast())
        return Error{"must be a multicast address, such as \"224.0.0.18\" or \"ff02::12\", not " +
                     quote(text)};
    // The scope, RFC 4291 section 2.7: 1 is the interface itself, 0 is reserved and treated alike.
    if (address->family() == Family::ipv6 && (address->bytes()[1] & 0x0fU) < 2)
        return refuse(text, "the group", "packets to it never leave the host");
    return *address;
}

Result<Prefix, Error> read_network(std::string_view text) {
    const auto prefix = Prefix::parse(text);
    if (!prefix)
        return Error{"must be a network with its length, such as \"10.1.0.0/16\" or \"2001:db8::/32\", not " +
                     quote(text)};
    if (is_refused_network(*prefix))
        return Error{quote(text) + " is the unspecified address, which no host has; all addresses are " +
                     quote(everything(prefix->address.family()).to_string())};
    const auto network = network_of(*prefix);
    if (network != *prefix)
        return Error{quote(text) + " is an address in the network " + quote(network.to_string()) +
                     "; write that, or " + quote(prefix->address.to_string()) + " for this address alone"};
    return *prefix;
}

bool is_refused_network(const Prefix& network) {
    return is_stand_in(network.address) && network.length == 8 * network.address.bytes().size();
}

Prefix everything(Family family) { return {family == Family::ipv4 ? IpAddress{} : IpAddress::v6({}), 0}; }

std::string name_of(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

IpAddress stand_in(std::string_view text) {
    return text.find(':') == std::string_view::npos ? IpAddress{} : IpAddress::v6({});
}

bool is_stand_in(const IpAddress& address) { return address == IpAddress{} || address == IpAddress::v6({}); }

std::optional<Family> known_family(const std::vector<Prefix>& addresses) {
    std::optional<Family> meant;
    for (const auto& [address, length] : addresses) {
        if (!is_stand_in(address))
            return address.family();
        if (address.family() == Family::ipv6)
            meant = Family::ipv6;
    }
    return meant;
}

ScopedAddress scoped(const IpAddress& address, const std::string& interface) {
    const bool of_link = address.family() == Family::ipv6 && address.is_link_local();
    return {of_link ? interface : std::string{}, address};
}

} // namespace baton::config
