#include "net/arp_frame.h"

#include "base/bytes.h"

namespace baton::net {

namespace {

constexpr MacAddress all_stations{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
constexpr std::uint16_t ethertype_arp = 0x0806;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t hardware_ethernet = 1;

} // namespace

ArpFrame gratuitous_arp(const MacAddress& mac, const IpAddress& address, ArpOperation operation) {
    assert(address.family() == Family::ipv4);
    ArpFrame frame{};
    ByteWriter writer(frame);
    writer.bytes(all_stations.octets);
    writer.bytes(mac.octets);
    writer.u16(ethertype_arp);
    writer.u16(hardware_ethernet);
    writer.u16(ethertype_ipv4);
    writer.u8(6); // octets of a hardware address
    writer.u8(4); // octets of a protocol address
    writer.u16(static_cast<std::uint16_t>(operation));
    writer.bytes(mac.octets);
    writer.bytes(address.bytes());
    writer.bytes(mac.octets);
    writer.bytes(address.bytes());
    assert(writer.written() == frame.size());
    return frame;
}

} // namespace baton::net
