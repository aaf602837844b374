// The Internet checksum (RFC 1071): 16-bit one's complement of the one's complement sum.
#pragma once

#include <cstdint>
#include <span>

namespace baton {

/// A sum under way: add the pieces in order, then take value(). Only the last piece may have an odd length.
class Checksum {
public:
    void add(std::span<const std::uint8_t> bytes) {
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            const std::uint32_t low = i + 1 < bytes.size() ? bytes[i + 1] : 0;
            sum_ += static_cast<std::uint32_t>(bytes[i]) << 8 | low;
        }
    }

    void add(std::uint16_t word) { sum_ += word; }

    /// The checksum field's value; 0 for data whose own field is in place and right.
    [[nodiscard]] std::uint16_t value() const {
        std::uint64_t folded = sum_;
        while (folded >> 16 != 0)
            folded = (folded & 0xffff) + (folded >> 16);
        return static_cast<std::uint16_t>(~folded & 0xffff);
    }

private:
    std::uint64_t sum_{0};
};

} // namespace baton
