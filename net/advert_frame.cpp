#include "net/advert_frame.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <cassert>

namespace baton::net {
namespace {

constexpr std::uint8_t class_cs6 = 0xc0; // network control (RFC 4594)
constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ipv4_size = 20;
constexpr std::size_t ipv4_checksum_at = ethernet_size + 10;

MacAddress mac_of_group(const IpAddress& group) {
    const auto octets = group.bytes();
    if (group.family() == Family::ipv6)
        return {{0x33, 0x33, octets[12], octets[13], octets[14], octets[15]}};
    return {{0x01, 0x00, 0x5e, static_cast<std::uint8_t>(octets[1] & 0x7f), octets[2], octets[3]}};
}

void write_ipv4(ByteWriter& writer, const AdvertEnvelope& envelope, std::size_t size) {
    writer.u8(0x45); // version 4, five words
    writer.u8(class_cs6);
    writer.u16(static_cast<std::uint16_t>(ipv4_size + size));
    writer.u16(0);      // identification: never fragmented (RFC 6864)
    writer.u16(0x4000); // don't fragment
    writer.u8(envelope.hop_limit);
    writer.u8(envelope.protocol);
    writer.u16(0); // checksum, summed later
    writer.bytes(envelope.source.bytes());
    writer.bytes(envelope.group.bytes());
}

void write_ipv6(ByteWriter& writer, const AdvertEnvelope& envelope, std::size_t size) {
    writer.u16(0x6000 | class_cs6 << 4);
    writer.u16(0); // flow label
    writer.u16(static_cast<std::uint16_t>(size));
    writer.u8(envelope.protocol);
    writer.u8(envelope.hop_limit);
    writer.bytes(envelope.source.bytes());
    writer.bytes(envelope.group.bytes());
}

} // namespace

std::span<const std::uint8_t> advert_frame(const AdvertEnvelope& envelope,
                                           std::span<const std::uint8_t> message, AdvertFrameBuffer& buffer) {
    assert(envelope.source.family() == envelope.group.family());
    const bool ipv4 = envelope.source.family() == Family::ipv4;
    ByteWriter writer(buffer);
    writer.bytes(mac_of_group(envelope.group).octets);
    writer.bytes(envelope.mac.octets);
    writer.u16(ethertype_of(envelope.source.family()));
    if (ipv4)
        write_ipv4(writer, envelope, message.size());
    else
        write_ipv6(writer, envelope, message.size());
    writer.bytes(message);
    if (ipv4) {
        Checksum sum;
        sum.add(std::span(buffer).subspan(ethernet_size, ipv4_size));
        ByteWriter(std::span(buffer).subspan(ipv4_checksum_at)).u16(sum.value());
    }
    return std::span(buffer).first(writer.written());
}

std::uint16_t ethertype_of(Family family) { return family == Family::ipv4 ? 0x0800 : 0x86dd; }

} // namespace baton::net
