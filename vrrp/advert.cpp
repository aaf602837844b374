#include "vrrp/advert.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <algorithm>
#include <cassert>

namespace baton::vrrp {
namespace {

constexpr std::uint8_t advertisement = 1;       // the only type
constexpr std::uint16_t interval_mask = 0x0fff; // the four bits before it are reserved, and ignored (5.2.6)
constexpr auto wire_tick = std::chrono::milliseconds(10);
constexpr auto wire_second = std::chrono::seconds(1);
constexpr std::size_t checksum_at = 6;

/// Adds the pseudo-header. In one's complement the widths of length and protocol do not matter, so this one
/// order serves the IPv4 form (RFC 793) and the IPv6 form (RFC 8200 section 8.1).
void add_pseudo_header(Checksum& sum, const IpAddress& source, const IpAddress& destination,
                       std::size_t length) {
    sum.add(source.bytes());
    sum.add(destination.bytes());
    sum.add(std::uint16_t{protocol_number});
    sum.add(static_cast<std::uint16_t>(length));
}

using Octets = std::span<const std::uint8_t>;

bool sums_up(Octets covered, const IpAddress& source, const IpAddress& destination) {
    Checksum sum;
    add_pseudo_header(sum, source, destination, covered.size());
    sum.add(covered);
    return sum.value() == 0;
}

bool sums_up_alone(Octets covered) {
    Checksum sum;
    sum.add(covered);
    return sum.value() == 0;
}

/// Which known form the message's own checksum has, if any. Value 0 is a value like any other.
std::optional<ChecksumForm> verify_checksum(const Datagram& datagram, std::size_t trailer, Version version) {
    const bool ipv4 = datagram.source.family() == Family::ipv4;
    const auto& payload = datagram.payload;
    const auto covered = ipv4 ? payload.first(payload.size() - trailer) : payload;
    if (ipv4 && sums_up_alone(covered))
        return ChecksumForm::message_only;
    if (version == Version::v2)
        return std::nullopt;
    if (sums_up(covered, datagram.source, datagram.destination))
        return ChecksumForm::pseudo_header;
    if (ipv4 && !datagram.destination.is_multicast() && sums_up(covered, datagram.source, multicast_group_v4))
        return ChecksumForm::group_pseudo_header;
    return std::nullopt;
}

/// Version 2 is for IPv4 only: over IPv6 it is as unknown as version 4.
std::optional<Version> version_of(std::uint8_t first_octet, Family family) {
    const auto version = first_octet >> 4;
    if (version == 3)
        return Version::v3;
    if (version == 2 && family == Family::ipv4)
        return Version::v2;
    return std::nullopt;
}

std::size_t expected_rest(Version version, std::size_t count, Family family) {
    return count * address_size(family) + (version == Version::v2 ? authentication_size : 0);
}

/// The two octets that differ between the versions: reserved bits and interval, or Auth Type and Adver Int.
void take_interval(Advert& advert, std::uint16_t field) {
    if (advert.version == Version::v3) {
        advert.interval = (field & interval_mask) * wire_tick;
        return;
    }
    advert.authentication.type = static_cast<std::uint8_t>(field >> 8);
    advert.interval = (field & 0xff) * wire_second;
}

std::uint16_t interval_field(const Advert& advert) {
    if (advert.version == Version::v3)
        return static_cast<std::uint16_t>(advert.interval / wire_tick);
    return static_cast<std::uint16_t>(advert.authentication.type << 8 | advert.interval / wire_second);
}

/// Whether the sender may use this interval, and the field has room for it.
[[maybe_unused]] bool fits(Duration interval, Version version) {
    const auto unit = version == Version::v3 ? Duration(wire_tick) : Duration(wire_second);
    return interval >= unit && interval / unit <= (version == Version::v3 ? interval_mask : 0xff);
}

std::uint16_t checksum_of(std::span<const std::uint8_t> message, const Advert& advert,
                          const IpAddress& source, const IpAddress& destination) {
    Checksum sum;
    const bool ipv6 = source.family() == Family::ipv6;
    if (ipv6 || (advert.version == Version::v3 && advert.checksum_form == ChecksumForm::pseudo_header))
        add_pseudo_header(sum, source, destination, message.size());
    else if (advert.version == Version::v3 && advert.checksum_form == ChecksumForm::group_pseudo_header)
        add_pseudo_header(sum, source, multicast_group_v4, message.size());
    sum.add(message);
    return sum.value();
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
    case Reject::source:
        return "source";
    case Reject::destination:
        return "destination";
    case Reject::unicast_source:
        return "unicast_source";
    case Reject::unknown_vrid:
        return "unknown_vrid";
    case Reject::first_address:
        return "first_address";
    case Reject::authentication_type:
        return "authentication_type";
    case Reject::authentication:
        return "authentication";
    case Reject::interval_mismatch:
        return "interval_mismatch";
    case Reject::address_list:
        return "address_list";
    case Reject::authentication_missing:
        return "authentication_missing";
    case Reject::authentication_malformed:
        return "authentication_malformed";
    case Reject::authentication_unknown_key:
        return "authentication_unknown_key";
    case Reject::authentication_invalid:
        return "authentication_invalid";
    case Reject::authentication_stale:
        return "authentication_stale";
    case Reject::authentication_replay:
        return "authentication_replay";
    }
    return "";
}

Result<Advert, Reject> decode(const Datagram& datagram, std::size_t trailer) {
    assert(trailer == 0 || trailer == trailer_size);
    if (datagram.destination.is_multicast() && datagram.hop_limit != advert_hop_limit)
        return Reject::hop_limit;
    if (datagram.payload.size() < header_size)
        return Reject::too_short;
    const auto family = datagram.source.family();

    ByteReader reader(datagram.payload);
    const auto version_and_type = *reader.u8();
    Advert advert;
    advert.vrid = Vrid{*reader.u8()};
    advert.priority = Priority{*reader.u8()};
    const std::size_t count = *reader.u8();
    const auto interval = *reader.u16();
    [[maybe_unused]] const auto checksum_field = reader.u16(); // verify_checksum looks at it
    assert(checksum_field);

    const auto version = version_of(version_and_type, family);
    if (!version)
        return Reject::version;
    if ((version_and_type & 0xf) != advertisement)
        return Reject::type;
    if (reader.rest().size() != expected_rest(*version, count, family) + trailer)
        return Reject::length;
    const auto form = verify_checksum(datagram, trailer, *version);
    if (!form)
        return Reject::checksum;
    if (count == 0)
        return Reject::count_zero;
    advert.version = *version;
    advert.checksum_form = *form;
    take_interval(advert, interval);
    if (advert.version == Version::v3 && advert.interval == Duration::zero())
        return Reject::interval_zero;
    advert.addresses = AddressView(family, *reader.take(count * address_size(family)));
    const auto behind = reader.rest().first(reader.rest().size() - trailer); // version 2: authentication data
    std::copy(behind.begin(), behind.end(), advert.authentication.data.begin());
    return advert;
}

Peek peek(const Datagram& datagram) {
    if (datagram.payload.size() < 2)
        return {};
    return {Vrid{datagram.payload[1]}, version_of(datagram.payload[0], datagram.source.family())};
}

std::span<const std::uint8_t> encode(const Advert& advert, const IpAddress& source,
                                     const IpAddress& destination,
                                     std::span<std::uint8_t, max_advert_size> buffer) {
    assert(fits(advert.interval, advert.version));
    assert(advert.addresses.size() >= 1);
    assert(advert.version == Version::v3 || advert.addresses.family() == Family::ipv4);

    ByteWriter writer(buffer);
    writer.u8(static_cast<std::uint8_t>(static_cast<int>(advert.version) << 4 | advertisement));
    writer.u8(advert.vrid.value);
    writer.u8(advert.priority.value);
    writer.u8(static_cast<std::uint8_t>(advert.addresses.size()));
    writer.u16(interval_field(advert));
    writer.u16(0);
    writer.bytes(advert.addresses.octets());
    if (advert.version == Version::v2)
        writer.bytes(advert.authentication.data);
    const auto message = buffer.first(writer.written());
    ByteWriter(buffer.subspan(checksum_at, 2)).u16(checksum_of(message, advert, source, destination));
    return message;
}

std::span<const std::uint8_t> append_trailer(std::span<const std::uint8_t, trailer_size> trailer,
                                             std::size_t size, const IpAddress& source,
                                             const IpAddress& destination,
                                             std::span<std::uint8_t, max_advert_size> buffer) {
    assert(size >= header_size && size + trailer_size <= buffer.size());
    ByteWriter(buffer.subspan(size)).bytes(trailer);
    const auto whole = buffer.first(size + trailer_size);
    if (source.family() == Family::ipv6) {
        const auto field = buffer.subspan(checksum_at, 2);
        ByteWriter(field).u16(0);
        Checksum sum;
        add_pseudo_header(sum, source, destination, whole.size());
        sum.add(whole);
        ByteWriter(field).u16(sum.value());
    }
    return whole;
}

} // namespace baton::vrrp
