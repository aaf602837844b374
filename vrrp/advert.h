// The VRRP ADVERTISEMENT on the wire: version 3 (RFC 9568 section 5), and version 2 (RFC 3768 section 5) with
// the simple password of RFC 2338.
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
// Version 2 has Auth Type and Adver Int (whole seconds) in the place of Reserve and Max Advertise Int., and
// eight octets of authentication data behind the addresses. Either may carry keepalived's trailer of 28
// octets behind all that (decision 013): here it is only room, auth/ knows what it says.
//
// decode() takes the whole datagram with its hop limit and makes one pass of checks in one order; nothing
// of it is trusted before. Centiseconds and seconds end here: inside, intervals are Duration. No allocation
// either way.
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

/// What version 2 says to prove who it is: type 0 is nothing, 1 the simple password (RFC 2338 section 5.3.6).
struct Authentication {
    std::uint8_t type{0};
    std::array<std::uint8_t, 8> data{};
};

inline constexpr std::uint8_t no_authentication = 0;
inline constexpr std::uint8_t simple_password = 1;

/// An advert that is well formed, or that is about to be sent.
struct Advert {
    Vrid vrid;
    Priority priority;
    Duration interval{}; ///< v3: 10 ms..40.95 s in steps of 10 ms; v2: whole seconds up to 255
    ChecksumForm checksum_form{ChecksumForm::pseudo_header};
    AddressView addresses;
    Version version{Version::v3};
    Authentication authentication{}; ///< v2 only
};

/// Why an advert was not taken (RFC 9568 section 7.1 with its errata 8298 to 8301, RFC 3768 section 7.1).
/// Each has a counter of its own in the snapshot. The first group is found by decode(), the second by the
/// Node, which knows the instances; `hop_limit` and `version` by both. The third is found by whoever has the
/// keys, before the Node hears of the advert.
enum class Reject : std::uint8_t {
    hop_limit,     ///< TTL or hop limit is not 255 (unicast: less than asked for)
    too_short,     ///< not even the fixed 8 octets
    version,       ///< neither 2 nor 3, or not the instance's
    type,          ///< not type 1
    length,        ///< shorter or longer than its own address count says
    checksum,      ///< no known form matches
    count_zero,    ///< no address
    interval_zero, ///< Max Advertise Interval 0

    own_source,          ///< from our own primary address: a reflection, or somebody else's use of it
    source,              ///< from an address that no host has, such as 0.0.0.0
    destination,         ///< not to the group, or not to us where the instance is unicast
    unicast_source,      ///< from none of the unicast peers
    unknown_vrid,        ///< no such VRID on that interface
    first_address,       ///< IPv6: the first address is not link-local (erratum 8300)
    authentication_type, ///< v2: not the kind of authentication we use
    authentication,      ///< v2: another password
    interval_mismatch,   ///< v2: another interval than ours
    address_list,        ///< other addresses than ours, where the instance refuses that

    authentication_missing,     ///< no trailer, where one must be
    authentication_malformed,   ///< a trailer of another type, or one that makes no sense
    authentication_unknown_key, ///< signed with a key that is not ours
    authentication_invalid,     ///< the MAC is wrong: another key under this number, or a forgery
    authentication_stale,       ///< signed too long ago, or too far ahead of our clock
    authentication_replay,      ///< its number is not above the last one heard from that sender
};
inline constexpr std::size_t reject_count = 24;

/// The reason's name in counters and status: "hop_limit", "too_short", ...
[[nodiscard]] const char* to_string(Reject reason);

/// 224.0.0.18 (RFC 9568 section 5.1.1.2).
inline constexpr IpAddress multicast_group_v4 = IpAddress::v4(224, 0, 0, 18);

/// ff02::12 (section 5.1.2.2).
inline constexpr IpAddress multicast_group_v6 =
    IpAddress::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12});

[[nodiscard]] constexpr const IpAddress& multicast_group(Family family) {
    return family == Family::ipv4 ? multicast_group_v4 : multicast_group_v6;
}

/// The hop limit adverts are sent with and must arrive with (section 5.1.1.3).
inline constexpr std::uint8_t advert_hop_limit = 255;

/// IP protocol number of VRRP.
inline constexpr std::uint8_t protocol_number = 112;

inline constexpr std::size_t header_size = 8;
inline constexpr std::size_t authentication_size = 8;
inline constexpr std::size_t max_addresses = 255;
inline constexpr std::size_t trailer_size = 28; ///< keepalived's HMAC (decision 013)
inline constexpr std::size_t max_advert_size = header_size + max_addresses * 16 + trailer_size;

/// Reads an advert out of a datagram, or says why not. The result views datagram.payload, of which the last
/// `trailer` octets (0 or trailer_size) are no part of the advert: not of its length, and of its checksum in
/// IPv6 only, where the pseudo-header speaks of all that IP carries (RFC 8200 section 8.1).
[[nodiscard]] Result<Advert, Reject> decode(const Datagram& datagram, std::size_t trailer = 0);

/// What the first two octets of a payload say, even of one that decode() rejects: whose counter is to move.
struct Peek {
    std::optional<Vrid> vrid;
    std::optional<Version> version; ///< nothing when it is none we know
};
[[nodiscard]] Peek peek(const Datagram& datagram);

/// Writes the VRRP message (what follows the IP header) into `buffer`; answers the part used. Source and
/// destination enter the checksum in the pseudo-header form. What is not of the advert's version (form,
/// authentication) is not looked at.
[[nodiscard]] std::span<const std::uint8_t> encode(const Advert& advert, const IpAddress& source,
                                                   const IpAddress& destination,
                                                   std::span<std::uint8_t, max_advert_size> buffer);

/// Puts a trailer behind the message of `size` octets that encode() has written into `buffer`, and sums anew
/// what must be (IPv6). Answers the whole.
[[nodiscard]] std::span<const std::uint8_t>
append_trailer(std::span<const std::uint8_t, trailer_size> trailer, std::size_t size, const IpAddress& source,
               const IpAddress& destination, std::span<std::uint8_t, max_advert_size> buffer);

} // namespace baton::vrrp
