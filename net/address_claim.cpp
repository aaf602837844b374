#include "net/address_claim.h"

#include <algorithm>
#include <array>

namespace baton::net {
namespace {

constexpr std::uint16_t ethertype_arp = 0x0806;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;

using Octets = std::span<const std::uint8_t>;

std::uint16_t number_at(Octets octets, std::size_t at) {
    return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}

MacAddress mac_from(Octets octets) {
    MacAddress mac;
    std::copy_n(octets.begin(), mac.octets.size(), mac.octets.begin());
    return mac;
}

/// Ethernet and IPv4: hardware type 1, protocol type 0x0800, lengths 6 and 4; a request or a reply.
std::optional<AddressClaim> in_arp(Octets packet) {
    constexpr std::array<std::uint8_t, 6> kind{0, 1, 8, 0, 6, 4};
    constexpr std::size_t packet_size = 28;
    if (packet.size() < packet_size || !std::equal(kind.begin(), kind.end(), packet.begin()))
        return std::nullopt;
    const auto operation = number_at(packet, kind.size());
    const auto claimed = IpAddress::from_bytes(Family::ipv4, packet.subspan(14, 4));
    if ((operation != 1 && operation != 2) || claimed == IpAddress::v4(0, 0, 0, 0))
        return std::nullopt;
    return AddressClaim{claimed, mac_from(packet.subspan(8))};
}

/// The Target Link-Layer Address among the options, each of so many times eight octets (RFC 4861
/// section 4.6).
std::optional<MacAddress> target_mac(Octets options) {
    constexpr std::uint8_t target_link_layer_address = 2;
    while (options.size() >= 8 && options[1] != 0 && options.size() >= options[1] * std::size_t{8}) {
        if (options[0] == target_link_layer_address && options[1] == 1)
            return mac_from(options.subspan(2));
        options = options.subspan(options[1] * std::size_t{8});
    }
    return std::nullopt;
}

/// `source` is the frame's: where there is no option, that is where the address is.
std::optional<AddressClaim> in_ipv6(Octets packet, const MacAddress& source) {
    constexpr std::size_t header_size = 40;
    constexpr std::size_t message_size = 24;
    constexpr std::uint8_t icmpv6 = 58;
    constexpr std::uint8_t on_link = 255;
    constexpr std::uint8_t neighbor_advertisement = 136;
    if (packet.size() < header_size + message_size || packet[0] / 16 != 6 || packet[6] != icmpv6 ||
        packet[7] != on_link)
        return std::nullopt;
    const std::size_t length = number_at(packet, 4);
    packet = packet.subspan(header_size);
    if (length < message_size || length > packet.size() || packet[0] != neighbor_advertisement ||
        packet[1] != 0)
        return std::nullopt;
    const auto target = IpAddress::from_bytes(Family::ipv6, packet.subspan(8, 16));
    return AddressClaim{target, target_mac(packet.first(length).subspan(message_size)).value_or(source)};
}

} // namespace

std::optional<AddressClaim> claim_in(Octets frame) {
    constexpr std::size_t header_size = 14;
    if (frame.size() < header_size)
        return std::nullopt;
    switch (number_at(frame, 12)) {
    case ethertype_arp:
        return in_arp(frame.subspan(header_size));
    case ethertype_ipv6:
        return in_ipv6(frame.subspan(header_size), mac_from(frame.subspan(6)));
    default:
        return std::nullopt;
    }
}

} // namespace baton::net
