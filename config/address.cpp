#include "config/address.h"

#include "config/json.h"

namespace baton::config {
namespace {

std::uint32_t number_of(const IpAddress& address) {
    std::uint32_t number = 0;
    for (const auto octet : address.bytes())
        number = number << 8 | octet;
    return number;
}

/// What kind of address it is that no host may have; empty if a host may have it.
std::string_view special_block(std::uint32_t address) {
    switch (address >> 24) {
    case 0:
        return "no host has an address that begins with 0";
    case 127:
        return "loopback addresses never leave the host";
    default:
        break;
    }
    if (address == 0xffff'ffff)
        return "this is the broadcast address of every network";
    if (address >> 28 == 0xe)
        return "this is a multicast address";
    return address >> 28 == 0xf ? "addresses from 240.0.0.0 on are reserved" : "";
}

/// RFC 3021: in a /31 both addresses are hosts.
std::string_view place_in_network(std::uint32_t address, unsigned length) {
    if (length == 0)
        return "a length of 0 would make the whole Internet local";
    if (length >= 31)
        return "";
    const std::uint32_t host_mask = 0xffff'ffffU >> length;
    if ((address & host_mask) == 0)
        return "this is the address of the network itself, not of a host in it";
    return (address & host_mask) == host_mask ? "this is the broadcast address of its network" : "";
}

Error refuse(std::string_view text, std::string_view why) {
    return Error{quote(text) + " cannot be a virtual address: " + std::string(why)};
}

} // namespace

Result<Prefix, Error> read_virtual_address(std::string_view text) {
    const auto prefix = Prefix::parse(text);
    if (!prefix)
        return Error{
            "must be an IPv4 address with the length of its network, such as \"10.0.1.100/24\", not " +
            quote(text)};
    if (prefix->address.family() != Family::ipv4)
        return refuse(text, "it is IPv6, and this version of baton does IPv4 only");
    const auto address = number_of(prefix->address);
    if (const auto why = special_block(address); !why.empty())
        return refuse(text, why);
    if (const auto why = place_in_network(address, prefix->length); !why.empty())
        return refuse(text, why);
    return *prefix;
}

} // namespace baton::config
