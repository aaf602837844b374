#include "base/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cassert>
#include <charconv>

namespace baton {
namespace {

constexpr int address_family(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

} // namespace

IpAddress IpAddress::from_bytes(Family family, std::span<const std::uint8_t> octets) {
    assert(octets.size() == address_size(family));
    IpAddress address;
    address.family_ = family;
    std::copy(octets.begin(), octets.end(), address.octets_.begin());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text); // inet_pton(3) wants a NUL at the end
    if (terminated.find('\0') != std::string::npos)
        return std::nullopt;
    for (const auto family : {Family::ipv4, Family::ipv6}) {
        std::array<std::uint8_t, 16> octets{};
        if (inet_pton(address_family(family), terminated.c_str(), octets.data()) == 1)
            return from_bytes(family, std::span(octets).first(address_size(family)));
    }
    return std::nullopt;
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(address_family(family_), octets_.data(), text.data(), text.size());
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    const auto longest = static_cast<std::uint8_t>(8 * address_size(address->family()));
    if (slash == std::string_view::npos)
        return Prefix{*address, longest};
    const auto digits = text.substr(slash + 1);
    std::uint8_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool octal = digits.size() > 1 && digits.front() == '0'; // to some programs; so to nobody here
    if (error != std::errc{} || end != digits.data() + digits.size() || length > longest || octal)
        return std::nullopt;
    return Prefix{*address, length};
}

std::string Prefix::to_string() const { return address.to_string() + "/" + std::to_string(length); }

std::string MacAddress::to_string() const {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        if (!text.empty())
            text += ':';
        text += hex[octet >> 4];
        text += hex[octet & 0xf];
    }
    return text;
}

} // namespace baton
