// Any datagram as an advert: vrrp/advert, decode() and encode().
//
//   octet 0     1: IPv6   2: to the group   4: hop limit 255   8, 16: how the checksum is mended first
//               32: with a trailer of 28 octets
//   then        source, destination (unless to the group), hop limit (unless 255), and the payload
//
// A fuzzer cannot guess checksums, so two bits let the payload have the right one, summed here once more.
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "vrrp/event.h"

using namespace baton;
using namespace baton::vrrp;
using fuzz::must;

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Packet {
    IpAddress source;
    IpAddress destination;
    std::uint8_t hop_limit{};
    std::size_t trailer{};
    Bytes payload;

    [[nodiscard]] bool ipv4() const { return source.family() == Family::ipv4; }
    [[nodiscard]] Datagram datagram() const { return {IfIndex{2}, source, destination, hop_limit, payload}; }
};

IpAddress address_from(fuzz::Input& input, Family family) {
    Bytes octets = input.take_copy(address_size(family));
    octets.resize(address_size(family));
    return IpAddress::from_bytes(family, octets);
}

/// RFC 1071 over any octets, an octet at a time.
std::uint16_t internet_checksum(const Bytes& octets) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        sum += i % 2 == 0 ? octets[i] * 256U : octets[i];
        sum = sum % 65536 + sum / 65536;
    }
    return static_cast<std::uint16_t>(~sum);
}

void append(Bytes& to, std::span<const std::uint8_t> more) { to.insert(to.end(), more.begin(), more.end()); }

/// What a checksum is over: the trailer too in IPv6, where the kernel sums, and not in IPv4.
Bytes covered_by_checksum(const Packet& packet) {
    auto octets = packet.payload;
    if (packet.ipv4())
        octets.resize(octets.size() - std::min(packet.trailer, octets.size()));
    return octets;
}

/// RFC 8200 section 8.1 for IPv6, RFC 793 section 3.1 for IPv4.
Bytes pseudo_header(const Packet& packet, const IpAddress& destination) {
    Bytes octets;
    append(octets, packet.source.bytes());
    append(octets, destination.bytes());
    const auto length = covered_by_checksum(packet).size();
    const auto high = static_cast<std::uint8_t>(length / 256);
    const auto low = static_cast<std::uint8_t>(length % 256);
    if (packet.ipv4())
        append(octets, Bytes{0, 112, high, low});
    else
        append(octets, Bytes{0, 0, high, low, 0, 0, 0, 112});
    return octets;
}

void mend_checksum(Packet& packet, unsigned way) {
    if (way == 0 || packet.payload.size() < header_size + packet.trailer)
        return;
    packet.payload[6] = packet.payload[7] = 0;
    Bytes covered;
    if (way == 2)
        covered = pseudo_header(packet, packet.destination);
    else if (way == 3)
        covered = pseudo_header(packet, multicast_group(packet.source.family()));
    append(covered, covered_by_checksum(packet));
    const auto sum = internet_checksum(covered);
    packet.payload[6] = static_cast<std::uint8_t>(sum / 256);
    packet.payload[7] = static_cast<std::uint8_t>(sum % 256);
}

Packet packet_from(fuzz::Input& input) {
    const auto how = input.byte();
    const auto family = (how & 1) != 0 ? Family::ipv6 : Family::ipv4;
    Packet packet;
    packet.source = address_from(input, family);
    packet.destination = (how & 2) != 0 ? multicast_group(family) : address_from(input, family);
    packet.hop_limit = (how & 4) != 0 ? std::uint8_t{255} : input.byte();
    packet.trailer = (how & 32) != 0 ? trailer_size : 0;
    packet.payload = input.take_copy(5000);
    mend_checksum(packet, how >> 3 & 3U);
    return packet;
}

void check_fields(const Packet& packet, const Advert& advert) {
    const auto& payload = packet.payload;
    const bool v2 = advert.version == Version::v2;
    const auto size = address_size(packet.source.family());
    must(packet.hop_limit == 255 || !packet.destination.is_multicast(),
         "to the group with hop limit 255 only");
    must(payload[0] == (v2 ? 0x21 : 0x31), "version 2 or 3, type 1");
    must(!v2 || packet.source.family() == Family::ipv4, "version 2 is for IPv4");
    must(advert.vrid.value == payload[1] && advert.priority.value == payload[2], "VRID and priority");
    must(payload[3] >= 1 && advert.addresses.size() == payload[3],
         "as many addresses as it says, at least one");
    must(payload.size() == 8 + payload[3] * size + (v2 ? 8 : 0) + packet.trailer,
         "not an octet more or less than it says");
    must(advert.addresses.octets().data() == payload.data() + 8, "the addresses are a view into the payload");
    const auto units = v2 ? payload[5] : (payload[4] % 16) * 256 + payload[5];
    must(advert.interval == units * (v2 ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(10)),
         "the interval in its unit, without the reserved bits");
    must(v2 || units != 0, "a version 3 interval is not zero");
    must(!v2 || (advert.authentication.type == payload[4] &&
                 std::equal(advert.authentication.data.begin(), advert.authentication.data.end(),
                            payload.begin() + 8 + 4 * payload[3])),
         "version 2: authentication type and data");
}

bool same(const Advert& a, const Advert& b) {
    return a.vrid == b.vrid && a.priority == b.priority && a.interval == b.interval &&
           a.checksum_form == b.checksum_form && a.version == b.version &&
           a.authentication.type == b.authentication.type && a.authentication.data == b.authentication.data &&
           std::equal(a.addresses.octets().begin(), a.addresses.octets().end(), b.addresses.octets().begin(),
                      b.addresses.octets().end());
}

/// All of it but the checksum: reserved bits change that.
bool same_but_for_checksum(Bytes a, Bytes b) {
    a[6] = a[7] = b[6] = b[7] = 0;
    return a == b;
}

/// In one's complement 0 has two forms, and a sender may use either.
bool same_checksum(const Bytes& a, const Bytes& b) {
    const auto field = [](const Bytes& bytes) { return (bytes[6] * 256 + bytes[7]) % 65535; };
    return field(a) == field(b);
}

void check_round_trip(const Packet& packet, const Advert& advert) {
    std::array<std::uint8_t, max_advert_size> buffer{};
    auto written = encode(advert, packet.source, packet.destination, buffer);
    if (packet.trailer != 0)
        written = append_trailer(std::span(packet.payload).last<trailer_size>(), written.size(),
                                 packet.source, packet.destination, buffer);
    Packet again = packet;
    again.payload.assign(written.begin(), written.end());
    Packet plain = packet;
    const bool reserved_bits = advert.version == Version::v3 && plain.payload[4] / 16 != 0;
    if (reserved_bits)
        plain.payload[4] %= 16;
    must(same_but_for_checksum(plain.payload, again.payload), "what is accepted encodes to the same octets");
    must(reserved_bits || same_checksum(packet.payload, again.payload), "and to the same checksum");
    const auto reread = decode(again.datagram(), again.trailer);
    must(reread.has_value() && same(advert, *reread), "what is encoded decodes to the same advert");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto packet = packet_from(input);
    const auto advert = decode(packet.datagram(), packet.trailer);
    const auto says = peek(packet.datagram());
    must(says.vrid.has_value() == (packet.payload.size() >= 2), "two octets are enough for a peek");
    if (!advert) {
        must(to_string(advert.error())[0] != '\0', "every refusal has a name");
        return 0;
    }
    must(says.vrid == advert->vrid && says.version == advert->version, "a peek sees what decode() sees");
    check_fields(packet, *advert);
    const bool cannot_be_sent = advert->interval == Duration::zero(); // version 2; the Node refuses it
    if (!cannot_be_sent)
        check_round_trip(packet, *advert);
    return 0;
}
