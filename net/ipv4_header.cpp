#include "net/ipv4_header.h"

namespace baton::net {

namespace {

constexpr std::size_t shortest_header = 20;

constexpr std::size_t total_length_at = 2;
constexpr std::size_t time_to_live_at = 8;
constexpr std::size_t source_at = 12;
constexpr std::size_t destination_at = 16;

IpAddress address_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
    return IpAddress::from_bytes(Family::ipv4, bytes.subspan(offset, address_size(Family::ipv4)));
}

} // namespace

std::optional<Datagram> parse_ipv4(IfIndex interface, std::span<const std::uint8_t> bytes) {
    if (bytes.size() < shortest_header || bytes[0] >> 4 != 4)
        return std::nullopt;
    const std::size_t header = std::size_t{4} * (bytes[0] & 0x0fU);
    const std::size_t total =
        static_cast<std::size_t>(bytes[total_length_at]) << 8 | bytes[total_length_at + 1];
    if (header < shortest_header || total < header || bytes.size() < total)
        return std::nullopt;
    return Datagram{interface, address_at(bytes, source_at), address_at(bytes, destination_at),
                    bytes[time_to_live_at], bytes.subspan(header, total - header)};
}

} // namespace baton::net
