// One slot of a marks file as octets: magic, generation, what is in it, numbers, SHA-256 of all that.
//
// Pure: tells a slot that was written whole from anything else.
#pragma once

#include "auth/marks_file.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace baton::auth {

inline constexpr std::size_t slot_head_size = 32;
inline constexpr std::size_t slot_record_size = 32; ///< for each sender: family, address, mark
inline constexpr std::size_t slot_digest_size = 32;

/// Slots begin at multiples of this: whole pages, so that writing one does not touch the other.
inline constexpr std::size_t slot_size = 12288;
static_assert(slot_head_size + MarksFile::max_senders * slot_record_size + slot_digest_size <= slot_size);

struct Slot {
    std::uint64_t generation{}; ///< grows by one with each slot written
    MarkSet marks;
};

/// Not longer than slot_size. Nothing when libcrypto has no digest for us.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> encode(const Slot& slot);

/// `octets` are a whole slot of the file. Nothing when they are not what encode() has made.
[[nodiscard]] std::optional<Slot> decode_slot(std::span<const std::uint8_t> octets);

} // namespace baton::auth
