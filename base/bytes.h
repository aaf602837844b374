// Reading and writing big-endian numbers in a buffer, never past its end.
//
// ByteReader answers nothing once the buffer is short; ByteWriter asserts, because the writer chose the size.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <span>

namespace baton {

class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    [[nodiscard]] std::optional<std::uint8_t> u8() {
        const auto octets = take(1);
        return octets ? std::optional((*octets)[0]) : std::nullopt;
    }

    [[nodiscard]] std::optional<std::uint16_t> u16() {
        const auto octets = take(2);
        if (!octets)
            return std::nullopt;
        return static_cast<std::uint16_t>((*octets)[0] << 8 | (*octets)[1]);
    }

    /// The next `count` octets, as a view into the buffer.
    [[nodiscard]] std::optional<std::span<const std::uint8_t>> take(std::size_t count) {
        if (rest_.size() < count)
            return std::nullopt;
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

private:
    std::span<const std::uint8_t> rest_;
};

class ByteWriter {
public:
    explicit ByteWriter(std::span<std::uint8_t> buffer) : buffer_(buffer) {}

    void u8(std::uint8_t value) {
        assert(written_ < buffer_.size());
        buffer_[written_++] = value;
    }

    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value >> 8));
        u8(static_cast<std::uint8_t>(value & 0xff));
    }

    void bytes(std::span<const std::uint8_t> octets) {
        assert(buffer_.size() - written_ >= octets.size());
        std::copy(octets.begin(), octets.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(written_));
        written_ += octets.size();
    }

    [[nodiscard]] std::size_t written() const { return written_; }

private:
    std::span<std::uint8_t> buffer_;
    std::size_t written_{0};
};

} // namespace baton
