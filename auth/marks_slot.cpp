#include "auth/marks_slot.h"

#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <openssl/evp.h>
#include <string_view>

namespace baton::auth {
namespace {

constexpr std::string_view magic = "batonmk1";
constexpr std::uint8_t has_own = 1;
constexpr std::uint8_t is_exact = 2;

using Digest = std::array<std::uint8_t, slot_digest_size>;

std::span<const std::uint8_t> octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::optional<Digest> digest_of(std::span<const std::uint8_t> octets) {
    Digest digest;
    unsigned size = 0;
    if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 ||
        size != digest.size())
        return std::nullopt;
    return digest;
}

void write_u64(ByteWriter& writer, std::uint64_t value) {
    for (const int shift : {48, 32, 16, 0})
        writer.u16(static_cast<std::uint16_t>(value >> shift));
}

/// The caller knows that so much is there.
std::uint64_t read_u64(ByteReader& reader) {
    std::uint64_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 16 | *reader.u16();
    return value;
}

void write_record(ByteWriter& writer, const HeardMark& sender) {
    std::array<std::uint8_t, 16> address{};
    std::copy(sender.source.bytes().begin(), sender.source.bytes().end(), address.begin());
    write_u64(writer, static_cast<std::uint64_t>(sender.source.family()));
    writer.bytes(address);
    write_u64(writer, sender.mark.value);
}

HeardMark read_record(ByteReader& reader) {
    const auto family = read_u64(reader) == 4 ? Family::ipv4 : Family::ipv6;
    const auto address = reader.take(16)->first(address_size(family));
    return {IpAddress::from_bytes(family, address), Sequence{read_u64(reader)}};
}

} // namespace

std::optional<std::vector<std::uint8_t>> encode(const Slot& slot) {
    const auto& marks = slot.marks;
    assert(marks.heard.size() <= MarksFile::max_senders);
    const auto covered = slot_head_size + marks.heard.size() * slot_record_size;
    std::vector<std::uint8_t> octets(covered + slot_digest_size);
    ByteWriter writer(octets);
    writer.bytes(octets_of(magic));
    write_u64(writer, slot.generation);
    writer.u16(static_cast<std::uint16_t>((marks.own ? has_own : 0) | (marks.exact ? is_exact : 0)));
    writer.u16(static_cast<std::uint16_t>(marks.heard.size()));
    writer.u16(0);
    writer.u16(0);
    write_u64(writer, marks.own.value_or(Sequence{}).value);
    for (const auto& sender : marks.heard)
        write_record(writer, sender);
    const auto digest = digest_of(std::span(octets).first(covered));
    if (!digest)
        return std::nullopt;
    writer.bytes(*digest);
    return octets;
}

std::optional<Slot> decode_slot(std::span<const std::uint8_t> octets) {
    assert(octets.size() >= slot_size);
    ByteReader reader(octets);
    const auto mark = *reader.take(magic.size());
    Slot slot;
    slot.generation = read_u64(reader);
    const auto flags = *reader.u16();
    const std::size_t count = *reader.u16();
    (void)reader.take(4);
    const Sequence own{read_u64(reader)};
    const auto covered = slot_head_size + count * slot_record_size;
    if (!std::ranges::equal(mark, octets_of(magic)) || count > MarksFile::max_senders)
        return std::nullopt;
    const auto digest = digest_of(octets.first(covered));
    if (!digest || !std::ranges::equal(*digest, octets.subspan(covered, slot_digest_size)))
        return std::nullopt;
    slot.marks.exact = (flags & is_exact) != 0;
    if ((flags & has_own) != 0)
        slot.marks.own = own;
    for (std::size_t i = 0; i < count; ++i)
        slot.marks.heard.push_back(read_record(reader));
    return slot;
}

} // namespace baton::auth
