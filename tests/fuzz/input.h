// Fuzz input read as choices: numbers, picks, pieces. Used up, it answers zero, so any bytes are a whole
// story.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace baton::fuzz {

class Input {
public:
    explicit Input(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    [[nodiscard]] std::uint8_t byte() {
        if (rest_.empty())
            return 0;
        const auto first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    [[nodiscard]] std::uint16_t word() {
        const auto high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }

    /// 0 .. bound - 1, of at most 256.
    [[nodiscard]] std::size_t below(std::size_t bound) { return byte() % bound; }

    [[nodiscard]] bool flag() { return (byte() & 1) != 0; }

    /// True for one byte in `n`; not for zero, so that what is used up stays ordinary.
    [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 1; }

    template <class Container>
    [[nodiscard]] const auto& pick(const Container& from) {
        return from[below(std::size(from))];
    }

    /// As many as are left, at most.
    [[nodiscard]] std::span<const std::uint8_t> take(std::size_t count) {
        const auto taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    /// In memory of its own and of its exact size, so that a reader who goes past the end is caught.
    [[nodiscard]] std::vector<std::uint8_t> take_copy(std::size_t count) {
        const auto taken = take(count);
        return {taken.begin(), taken.end()};
    }

private:
    std::span<const std::uint8_t> rest_;
};

} // namespace baton::fuzz
