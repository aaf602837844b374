// The same bytes in pieces of other sizes: what reads a stream must not care.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace baton::fuzz {

/// Cuts text into pieces of 1 to `most` octets, each piece in memory as long as the text.
class Pieces {
public:
    /// `seed` decides the sizes; most 0: one piece.
    Pieces(std::string_view text, std::size_t most, std::uint8_t seed)
        : rest_(text), most_(most), state_(seed) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }

    [[nodiscard]] std::string_view next() {
        state_ = state_ * 1103515245U + 12345U;
        const auto size = most_ == 0 ? rest_.size() : 1 + (state_ >> 16) % most_;
        const auto piece = rest_.substr(0, size);
        rest_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view rest_;
    std::size_t most_;
    std::uint32_t state_;
};

} // namespace baton::fuzz
