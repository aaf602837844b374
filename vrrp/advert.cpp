#include "vrrp/advert.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <cassert>

namespace baton::vrrp {
namespace {

constexpr std::uint8_t version_and_type = 3 << 4 | 1;
constexpr std::uint16_t interval_mask =
    0x0fff; // the other four bits are reserved and ignored (section 5.2.6)
constexpr auto wire_tick = std::chrono::milliseconds(10);

/// Adds the pseudo-header. In one's complement the widths of length and protocol do not matter, so this one
/// order serves the IPv4 form (RFC 793) and the IPv6 form (RFC 8200 section 8.1).
void add_pseudo_header(Checksum& sum, const IpAddress& source, const IpAddress& destination,
                       std::size_t length) {
    sum.add(source.bytes());
    sum.add(destination.bytes());
    sum.add(std::uint16_t{protocol_number});
    sum.add(static_cast<std::uint16_t>(length));
}

/// Which known form the message's own checksum has, if any. Value 0 is a value like any other.
std::optional<ChecksumForm> verify_checksum(const Datagram& datagram) {
    Checksum sum;
    sum.add(datagram.payload);
    if (datagram.source.family() == Family::ipv4 && sum.value() == 0)
        return ChecksumForm::message_only;
    Checksum with_header;
    add_pseudo_header(with_header, datagram.source, datagram.destination, datagram.payload.size());
    with_header.add(datagram.payload);
    if (with_header.value() == 0)
        return ChecksumForm::pseudo_header;
    return std::nullopt;
}

} // namespace

const char* to_string(Reject reason) {
    switch (reason) {
    case Reject::hop_limit:
        return "hop_limit";
    case Reject::too_short:
        return "too_short";
    case Reject::version:
        return "version";
    case Reject::type:
        return "type";
    case Reject::length:
        return "length";
    case Reject::checksum:
        return "checksum";
    case Reject::count_zero:
        return "count_zero";
    case Reject::interval_zero:
        return "interval_zero";
    case Reject::own_source:
        return "own_source";
    case Reject::destination:
        return "destination";
    case Reject::unknown_vrid:
        return "unknown_vrid";
    }
    return "";
}

Result<Advert, Reject> decode(const Datagram& datagram) {
    if (datagram.hop_limit != advert_hop_limit)
        return Reject::hop_limit;
    if (datagram.payload.size() < header_size)
        return Reject::too_short;

    ByteReader reader(datagram.payload);
    const auto version_type = *reader.u8();
    const Vrid vrid{*reader.u8()};
    const Priority priority{*reader.u8()};
    const std::size_t count = *reader.u8();
    const int ticks = *reader.u16() & interval_mask;
    const auto checksum_field = reader.u16();
    assert(checksum_field);

    if (version_type >> 4 != version_and_type >> 4)
        return Reject::version;
    if (version_type != version_and_type)
        return Reject::type;
    const auto family = datagram.source.family();
    if (reader.rest().size() != count * address_size(family))
        return Reject::length;
    const auto form = verify_checksum(datagram);
    if (!form)
        return Reject::checksum;
    if (count == 0)
        return Reject::count_zero;
    if (ticks == 0)
        return Reject::interval_zero;
    return Advert{vrid, priority, ticks * wire_tick, *form, AddressView(family, reader.rest())};
}

std::optional<Vrid> peek_vrid(std::span<const std::uint8_t> payload) {
    return payload.size() >= 2 ? std::optional(Vrid{payload[1]}) : std::nullopt;
}

std::span<const std::uint8_t> encode(const Advert& advert, const IpAddress& source,
                                     const IpAddress& destination,
                                     std::span<std::uint8_t, max_advert_size> buffer) {
    const auto ticks = advert.interval / wire_tick;
    assert(ticks >= 1 && ticks <= interval_mask);
    assert(advert.addresses.size() >= 1);

    ByteWriter writer(buffer);
    writer.u8(version_and_type);
    writer.u8(advert.vrid.value);
    writer.u8(advert.priority.value);
    writer.u8(static_cast<std::uint8_t>(advert.addresses.size()));
    writer.u16(static_cast<std::uint16_t>(ticks));
    writer.u16(0);
    writer.bytes(advert.addresses.octets());
    const auto message = buffer.first(writer.written());

    Checksum sum;
    if (advert.checksum_form == ChecksumForm::pseudo_header)
        add_pseudo_header(sum, source, destination, message.size());
    sum.add(message);
    constexpr std::size_t checksum_at = 6;
    ByteWriter(buffer.subspan(checksum_at, 2)).u16(sum.value());
    return message;
}

} // namespace baton::vrrp
