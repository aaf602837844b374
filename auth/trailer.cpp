#include "auth/trailer.h"

#include "base/bytes.h"

#include <algorithm>
#include <cassert>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace baton::auth {
namespace {

constexpr std::uint8_t hmac_sha256_128 = 1; // the only type there is
constexpr std::size_t header_size = 8;
constexpr std::size_t count_at = 3;
constexpr std::size_t checksum_at = 6;
constexpr std::size_t password_size = 8; // version 2 only
constexpr std::size_t pseudo_header_size = 20;
constexpr std::size_t max_addresses = 255;
constexpr std::size_t max_message_size = header_size + max_addresses * 16;

using Covered = std::array<std::uint8_t, pseudo_header_size + max_message_size + trailer_size>;

void write_pseudo_header(ByteWriter& writer, const Statement& statement) {
    writer.u8(static_cast<std::uint8_t>(statement.source.family()));
    writer.u8(statement.version);
    writer.u8(statement.vrid);
    writer.u8(0);
    std::array<std::uint8_t, 16> source{};
    std::copy(statement.source.bytes().begin(), statement.source.bytes().end(), source.begin());
    writer.bytes(source);
}

void write_message(ByteWriter& writer, std::span<const std::uint8_t> message) {
    writer.bytes(message.first(checksum_at));
    writer.u16(0);
    writer.bytes(message.subspan(header_size));
}

} // namespace

TrailerBytes encode(const Trailer& trailer) {
    TrailerBytes octets{};
    ByteWriter writer(octets);
    writer.u8(hmac_sha256_128);
    writer.u8(trailer.key.value);
    writer.u16(0);
    for (const int shift : {48, 32, 16, 0})
        writer.u16(static_cast<std::uint16_t>(trailer.sequence.value >> shift));
    writer.bytes(trailer.mac);
    return octets;
}

std::optional<Trailer> decode(std::span<const std::uint8_t, trailer_size> octets) {
    ByteReader reader(octets);
    const auto type = *reader.u8();
    Trailer trailer;
    trailer.key = KeyId{*reader.u8()};
    const auto reserved = *reader.u16();
    if (type != hmac_sha256_128 || reserved != 0 || trailer.key == KeyId{0})
        return std::nullopt;
    for (int i = 0; i < 4; ++i)
        trailer.sequence.value = trailer.sequence.value << 16 | *reader.u16();
    std::copy(reader.rest().begin(), reader.rest().end(), trailer.mac.begin());
    return trailer;
}

std::optional<std::size_t> message_size(std::span<const std::uint8_t> payload, std::uint8_t version,
                                        Family family) {
    if (payload.size() < header_size)
        return std::nullopt;
    const auto size =
        header_size + payload[count_at] * address_size(family) + (version == 2 ? password_size : 0);
    return payload.size() < size ? std::nullopt : std::optional(size);
}

std::size_t trailer_in(std::span<const std::uint8_t> payload, std::uint8_t version, Family family) {
    const auto message = message_size(payload, version, family);
    return message && payload.size() == *message + trailer_size ? trailer_size : 0;
}

std::optional<Mac> mac_of(const Key& key, const Statement& statement, const Trailer& trailer) {
    assert(statement.message.size() >= header_size && statement.message.size() <= max_message_size);
    Covered covered;
    ByteWriter writer(covered);
    write_pseudo_header(writer, statement);
    write_message(writer, statement.message);
    writer.bytes(encode({trailer.key, trailer.sequence, {}}));

    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto secret = key.octets();
    if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), covered.data(), writer.written(),
             digest.data(), &size) == nullptr ||
        size < mac_size)
        return std::nullopt;
    Mac mac;
    std::copy_n(digest.begin(), mac_size, mac.begin());
    return mac;
}

bool equal(const Mac& a, const Mac& b) { return CRYPTO_memcmp(a.data(), b.data(), mac_size) == 0; }

} // namespace baton::auth
