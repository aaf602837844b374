// Addresses of hosts and links as plain values: IPv4, IPv6, prefixes, MAC.
//
// Pure: no socket, no resolver. Text in and out goes through inet_pton(3) and inet_ntop(3).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace baton {

enum class Family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

/// Octets of one address of a family: 4 or 16.
[[nodiscard]] constexpr std::size_t address_size(Family family) { return family == Family::ipv4 ? 4 : 16; }

/// An IPv4 or IPv6 address. The order is that of RFC 9568 section 6.4.3: unsigned integers in network byte
/// order; every IPv4 address stands before every IPv6 address.
class IpAddress {
public:
    constexpr IpAddress() = default; ///< 0.0.0.0

    [[nodiscard]] static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                                std::uint8_t d) {
        IpAddress address;
        address.octets_ = {a, b, c, d};
        return address;
    }

    [[nodiscard]] static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& octets) {
        IpAddress address;
        address.family_ = Family::ipv6;
        address.octets_ = octets;
        return address;
    }

    /// Exactly address_size(family) octets in network order.
    [[nodiscard]] static IpAddress from_bytes(Family family, std::span<const std::uint8_t> octets);

    /// "10.0.1.100" or "fe80::1"; nothing else (no prefix length, no zone, no name).
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] constexpr Family family() const { return family_; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const {
        return {octets_.data(), address_size(family_)};
    }
    [[nodiscard]] std::string to_string() const;

    /// 224.0.0.0/4 (RFC 5771) and ff00::/8 (RFC 4291 section 2.7).
    [[nodiscard]] constexpr bool is_multicast() const {
        return family_ == Family::ipv4 ? octets_[0] >> 4 == 0xe : octets_[0] == 0xff;
    }

    /// One that a host may have: neither 0.0.0.0 nor ::, of no group, and not 255.255.255.255.
    [[nodiscard]] constexpr bool is_of_a_host() const {
        constexpr std::array<std::uint8_t, 16> unspecified{};
        const bool broadcast = family_ == Family::ipv4 && octets_[0] == 0xff && octets_[1] == 0xff &&
                               octets_[2] == 0xff && octets_[3] == 0xff;
        return octets_ != unspecified && !is_multicast() && !broadcast;
    }

    /// 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291 section 2.5.6).
    [[nodiscard]] constexpr bool is_link_local() const {
        return family_ == Family::ipv4 ? octets_[0] == 169 && octets_[1] == 254
                                       : octets_[0] == 0xfe && (octets_[1] & 0xc0) == 0x80;
    }

    friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    Family family_{Family::ipv4};
    std::array<std::uint8_t, 16> octets_{};
};

/// An address with the length of its network, as an interface carries it.
struct Prefix {
    IpAddress address;
    std::uint8_t length{32};

    /// "10.0.1.100/24"; without a length the whole address (/32, /128) is meant.
    [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

/// An Ethernet address.
struct MacAddress {
    std::array<std::uint8_t, 6> octets{};

    [[nodiscard]] std::string to_string() const; ///< "00:00:5e:00:01:33"

    friend auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

} // namespace baton
