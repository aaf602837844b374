#include "net/na_frame.h"

#include "base/bytes.h"
#include "base/checksum.h"

namespace baton::net {

namespace {

constexpr MacAddress all_nodes_mac{{0x33, 0x33, 0, 0, 0, 1}}; // RFC 2464 section 7
constexpr IpAddress all_nodes = IpAddress::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;

constexpr std::uint8_t next_header_icmpv6 = 58;
constexpr std::uint8_t hop_limit = 255; // receivers drop any other (RFC 4861 section 7.1.2)

constexpr std::uint8_t type_neighbor_advertisement = 136;
constexpr std::uint8_t flags_router_override = 0x80 | 0x20;
constexpr std::uint8_t option_target_link_layer_address = 2;

constexpr std::size_t message_at = 14 + 40;
constexpr std::size_t message_size = std::tuple_size_v<NaFrame> - message_at;
constexpr std::size_t checksum_at = message_at + 2;

void write_headers(ByteWriter& writer, const MacAddress& mac, const IpAddress& address) {
    writer.bytes(all_nodes_mac.octets);
    writer.bytes(mac.octets);
    writer.u16(ethertype_ipv6);
    writer.u16(0x6000); // version 6, traffic class 0, and no flow label
    writer.u16(0);
    writer.u16(message_size);
    writer.u8(next_header_icmpv6);
    writer.u8(hop_limit);
    writer.bytes(address.bytes());
    writer.bytes(all_nodes.bytes());
}

void write_message(ByteWriter& writer, const MacAddress& mac, const IpAddress& address) {
    writer.u8(type_neighbor_advertisement);
    writer.u8(0);  // code
    writer.u16(0); // checksum, summed later
    writer.u8(flags_router_override);
    writer.u8(0); // reserved: 3 octets
    writer.u16(0);
    writer.bytes(address.bytes());
    writer.u8(option_target_link_layer_address);
    writer.u8(1); // length, in units of 8 octets
    writer.bytes(mac.octets);
}

// RFC 4443 section 2.3: over the pseudo-header of RFC 8200 section 8.1 and the message.
std::uint16_t checksum(const NaFrame& frame, const IpAddress& source) {
    Checksum sum;
    sum.add(source.bytes());
    sum.add(all_nodes.bytes());
    sum.add(std::uint16_t{message_size});
    sum.add(std::uint16_t{next_header_icmpv6});
    sum.add(std::span(frame).subspan(message_at));
    return sum.value();
}

} // namespace

NaFrame unsolicited_na(const MacAddress& mac, const IpAddress& address) {
    assert(address.family() == Family::ipv6);
    NaFrame frame{};
    ByteWriter writer(frame);
    write_headers(writer, mac, address);
    write_message(writer, mac, address);
    assert(writer.written() == frame.size());
    ByteWriter(std::span(frame).subspan(checksum_at)).u16(checksum(frame, address));
    return frame;
}

} // namespace baton::net
