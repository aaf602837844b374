// The VRRP ADVERTISEMENT on the wire (RFC 9568 section 5).
//
//     0                   1                   2                   3
//    +-------+-------+---------------+---------------+---------------+
//    |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
//    +-------+-------+---------------+---------------+---------------+
//    |Reserve|  Max Advertise Int.   |           Checksum            |
//    +-------+-----------------------+-------------------------------+
//    |                   IPvX address(es), 4 or 16 octets each       |
//    +---------------------------------------------------------------+
//
// decode() takes the whole datagram with its hop limit and makes one pass of checks in one order; nothing
// of it is trusted before. Centiseconds end here: inside, intervals are Duration. No allocation either way.
#pragma once

#include "base/datagram.h"
#include "base/result.h"
#include "base/time.h"
#include "vrrp/types.h"

#include <array>
#include <span>

namespace baton::vrrp {

/// The addresses of an advert, as they stand on the wire. A view: of the received datagram, or of the
/// router that sends. Lives as long as what it views; copy what must stay.
class AddressView {
public:
    AddressView() = default;
    /// `octets` holds whole addresses of the family.
    AddressView(Family family, std::span<const std::uint8_t> octets) : family_(family), octets_(octets) {}

    [[nodiscard]] Family family() const { return family_; }
    [[nodiscard]] std::size_t size() const { return octets_.size() / address_size(family_); }
    [[nodiscard]] IpAddress operator[](std::size_t i) const {
        return IpAddress::from_bytes(family_,
                                     octets_.subspan(i * address_size(family_), address_size(family_)));
    }
    [[nodiscard]] std::span<const std::uint8_t> octets() const { return octets_; }

private:
    Family family_{Family::ipv4};
    std::span<const std::uint8_t> octets_;
};

/// An advert that is well formed, or that is about to be sent.
struct Advert {
    Vrid vrid;
    Priority priority;
    Duration interval{}; ///< Max Advertise Interval: 10 ms..40.95 s in steps of 10 ms
    ChecksumForm checksum_form{ChecksumForm::pseudo_header};
    AddressView addresses;
};

/// Why an advert was not taken, in the order of the checks (RFC 9568 section 7.1 and its errata 8299, 8301).
/// Each has a counter of its own in the snapshot. The first group is found by decode(), the second by the
/// Node, which knows the instances.
enum class Reject : std::uint8_t {
    hop_limit,     ///< TTL or hop limit is not 255
    too_short,     ///< not even the fixed 8 octets
    version,       ///< not version 3
    type,          ///< not type 1
    length,        ///< shorter or longer than its own address count says
    checksum,      ///< neither known form matches
    count_zero,    ///< no address
    interval_zero, ///< Max Advertise Interval 0
    own_source,    ///< from our own primary address: a reflection, or somebody else's use of it
    destination,   ///< not to the group
    unknown_vrid,  ///< no such VRID on that interface
};
inline constexpr std::size_t reject_count = 11;

/// The reason's name in counters and status: "hop_limit", "too_short", ...
[[nodiscard]] const char* to_string(Reject reason);

/// 224.0.0.18 (RFC 9568 section 5.1.1.2).
inline constexpr IpAddress multicast_group_v4 = IpAddress::v4(224, 0, 0, 18);

/// The hop limit adverts are sent with and must arrive with (section 5.1.1.3).
inline constexpr std::uint8_t advert_hop_limit = 255;

/// IP protocol number of VRRP.
inline constexpr std::uint8_t protocol_number = 112;

inline constexpr std::size_t header_size = 8;
inline constexpr std::size_t max_addresses_v4 = 255;
inline constexpr std::size_t max_advert_size = header_size + max_addresses_v4 * 4;

/// Reads an advert out of a datagram, or says why not. The result views datagram.payload.
[[nodiscard]] Result<Advert, Reject> decode(const Datagram& datagram);

/// The VRID octet of a payload, even of one that decode() rejects: whose counter is to move.
[[nodiscard]] std::optional<Vrid> peek_vrid(std::span<const std::uint8_t> payload);

/// Writes the VRRP message (what follows the IP header) into `buffer`; answers the part used. Source and
/// destination enter the checksum in the pseudo-header form.
[[nodiscard]] std::span<const std::uint8_t> encode(const Advert& advert, const IpAddress& source,
                                                   const IpAddress& destination,
                                                   std::span<std::uint8_t, max_advert_size> buffer);

} // namespace baton::vrrp
