// The codec beyond the vectors (tests/vectors): every length, every type, the reserved bits.
#include "vrrp/advert.h"

#include <array>
#include <doctest/doctest.h>
#include <set>
#include <string>
#include <vector>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

const auto source = IpAddress::v4(192, 0, 2, 2);
constexpr std::array<std::uint8_t, 4> one_address{192, 0, 2, 1};

Advert sample() {
    Advert advert;
    advert.vrid = Vrid{10};
    advert.priority = Priority{100};
    advert.interval = 1s;
    advert.checksum_form = ChecksumForm::message_only;
    advert.addresses = AddressView(Family::ipv4, one_address);
    return advert;
}

std::vector<std::uint8_t> bytes_of(const Advert& advert) {
    std::array<std::uint8_t, max_advert_size> buffer{};
    const auto message = encode(advert, source, multicast_group_v4, buffer);
    return {message.begin(), message.end()};
}

Result<Advert, Reject> decoded(std::span<const std::uint8_t> payload, std::uint8_t ttl = 255) {
    return decode(Datagram{IfIndex{1}, source, multicast_group_v4, ttl, payload});
}

/// Sets octets without breaking the checksum, so that only the change is at fault.
std::vector<std::uint8_t> resummed(std::vector<std::uint8_t> message) {
    message[6] = message[7] = 0;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < message.size(); i += 2)
        sum += static_cast<std::uint32_t>(message[i] << 8 | (i + 1 < message.size() ? message[i + 1] : 0));
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    message[6] = static_cast<std::uint8_t>(~sum >> 8);
    message[7] = static_cast<std::uint8_t>(~sum);
    return message;
}

} // namespace

TEST_CASE("every truncation is refused, and nothing is read past the end") {
    const auto whole = bytes_of(sample());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::uint8_t> part(whole.begin(),
                                             whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto result = decoded(part);
        REQUIRE(result.has_error());
        CHECK(result.error() == (size < header_size ? Reject::too_short : Reject::length));
    }
    CHECK(decoded(whole).has_value());
}

TEST_CASE("every version but 2 and 3 and every type but 1 is refused") {
    for (unsigned first = 0; first < 256; ++first) {
        auto message = bytes_of(sample());
        message[0] = static_cast<std::uint8_t>(first);
        const auto result = decoded(resummed(message));
        if (first == 0x31)
            CHECK(result.has_value());
        else if (first == 0x21)
            CHECK(result.error() == Reject::length); // version 2 has eight octets more
        else
            CHECK(result.error() == (first >> 4 == 3 || first >> 4 == 2 ? Reject::type : Reject::version));
    }
}

TEST_CASE("only hop limit 255 is taken") {
    const auto message = bytes_of(sample());
    for (unsigned ttl = 0; ttl < 255; ++ttl)
        CHECK(decoded(message, static_cast<std::uint8_t>(ttl)).error() == Reject::hop_limit);
}

TEST_CASE("the reserved bits are ignored and do not leak into the interval") {
    auto message = bytes_of(sample());
    message[4] |= 0xf0;
    const auto result = decoded(resummed(message));
    REQUIRE(result.has_value());
    CHECK(result->interval == 1s);
}

TEST_CASE("intervals go out and come back from 1 to 4095 centiseconds") {
    for (const auto interval : {Duration(10ms), Duration(1s), Duration(40'950ms)}) {
        auto advert = sample();
        advert.interval = interval;
        CHECK(decoded(bytes_of(advert))->interval == interval);
    }
}

TEST_CASE("any single flipped bit of the message is noticed") {
    const auto whole = bytes_of(sample());
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto message = whole;
        message[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        CHECK(decoded(message).has_error());
    }
}

TEST_CASE("each reason to refuse has a name of its own") {
    std::set<std::string> names;
    for (std::size_t i = 0; i < reject_count; ++i)
        CHECK(names.insert(to_string(static_cast<Reject>(i))).second);
    CHECK(names.count("") == 0);
}

namespace {

std::array<std::uint8_t, trailer_size> any_trailer() {
    std::array<std::uint8_t, trailer_size> trailer{};
    for (std::size_t i = 0; i < trailer.size(); ++i)
        trailer[i] = static_cast<std::uint8_t>(i + 1);
    return trailer;
}

/// The advert with a trailer, from `from` to `to`.
std::vector<std::uint8_t> with_trailer(const Advert& advert, const IpAddress& from, const IpAddress& to) {
    std::array<std::uint8_t, max_advert_size> buffer{};
    const auto size = encode(advert, from, to, buffer).size();
    const auto whole = append_trailer(any_trailer(), size, from, to, buffer);
    return {whole.begin(), whole.end()};
}

const auto source_v6 = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
constexpr std::array<std::uint8_t, 16> address_v6{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

Advert sample_v6() {
    auto advert = sample();
    advert.addresses = AddressView(Family::ipv6, address_v6);
    return advert;
}

} // namespace

TEST_CASE("a trailer behind an IPv4 advert is no part of its length and its checksum") {
    for (const auto form : {ChecksumForm::message_only, ChecksumForm::pseudo_header}) {
        auto advert = sample();
        advert.checksum_form = form;
        auto whole = with_trailer(advert, source, multicast_group_v4);
        const auto plain = bytes_of(advert);
        REQUIRE(whole.size() == plain.size() + trailer_size);
        CHECK(std::equal(plain.begin(), plain.end(), whole.begin()));
        whole.back() ^= 0xff; // whether that is right, the MAC tells
        const Datagram datagram{IfIndex{1}, source, multicast_group_v4, 255, whole};
        const auto result = decode(datagram, trailer_size);
        REQUIRE(result.has_value());
        CHECK(result->checksum_form == form);
        CHECK(result->addresses.size() == 1);
        CHECK(decode(datagram).error() == Reject::length);
    }
}

TEST_CASE("a trailer behind an IPv6 advert is in its length and its checksum") {
    const auto whole = with_trailer(sample_v6(), source_v6, multicast_group_v6);
    const auto decode_v6 = [](std::span<const std::uint8_t> payload, std::size_t trailer) {
        return decode(Datagram{IfIndex{1}, source_v6, multicast_group_v6, 255, payload}, trailer);
    };
    REQUIRE(decode_v6(whole, trailer_size).has_value());
    CHECK(decode_v6(whole, trailer_size)->addresses[0].bytes()[15] == 9);
    CHECK(decode_v6(whole, 0).error() == Reject::length);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto changed = whole;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        CHECK(decode_v6(changed, trailer_size).has_error());
    }
}

TEST_CASE("a trailer behind a version 2 advert stands behind its password") {
    auto advert = sample();
    advert.version = Version::v2;
    advert.authentication = {simple_password, {'s', 'e', 'c', 'r', 'e', 't'}};
    const auto whole = with_trailer(advert, source, multicast_group_v4);
    const auto result = decode(Datagram{IfIndex{1}, source, multicast_group_v4, 255, whole}, trailer_size);
    REQUIRE(result.has_value());
    CHECK(result->authentication.data == advert.authentication.data);
    CHECK(result->addresses.size() == 1);
}

TEST_CASE("an advert too short for its trailer is refused, and nothing is read past the end") {
    const auto whole = with_trailer(sample(), source, multicast_group_v4);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::uint8_t> part(whole.begin(),
                                             whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto result = decode(Datagram{IfIndex{1}, source, multicast_group_v4, 255, part}, trailer_size);
        REQUIRE(result.has_error());
        CHECK(result.error() == (size < header_size ? Reject::too_short : Reject::length));
    }
}

TEST_CASE("the longest advert has room for its trailer") {
    std::vector<std::uint8_t> octets(max_addresses * 16, 0xfe);
    auto advert = sample_v6();
    advert.addresses = AddressView(Family::ipv6, octets);
    const auto whole = with_trailer(advert, source_v6, multicast_group_v6);
    CHECK(whole.size() == max_advert_size);
    CHECK(decode(Datagram{IfIndex{1}, source_v6, multicast_group_v6, 255, whole}, trailer_size).has_value());
}
