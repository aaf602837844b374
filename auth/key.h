// A secret of 32 to 64 octets, wiped from memory when it goes.
//
// Never printed or turned into text, and compared by name only: there is no way to do so by mistake.
#pragma once

#include "base/strong.h"

#include <array>
#include <cstdint>
#include <span>

namespace baton::auth {

/// The number of a key on the wire, 1..255. Both ends call the same key by the same number.
using KeyId = Strong<struct KeyIdTag, std::uint8_t>;

class Key {
public:
    static constexpr std::size_t min_size = 32;
    static constexpr std::size_t max_size = 64;

    /// `octets` are min_size to max_size; anything else is a programmer's mistake.
    explicit Key(std::span<const std::uint8_t> octets);
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    /// In a time that tells nothing of the octets.
    [[nodiscard]] bool same_as(const Key& other) const;

    [[nodiscard]] std::span<const std::uint8_t> octets() const { return {octets_.data(), size_}; }

private:
    std::array<std::uint8_t, max_size> octets_{};
    std::size_t size_;
};

} // namespace baton::auth
