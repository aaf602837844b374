#include "base/bytes.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace baton;

TEST_CASE("numbers are read big-endian, in order") {
    const std::array<std::uint8_t, 5> bytes{0x31, 0x12, 0x34, 0xff, 0x00};
    ByteReader reader(bytes);
    CHECK(reader.u8() == std::uint8_t{0x31});
    CHECK(reader.u16() == std::uint16_t{0x1234});
    CHECK(reader.rest().size() == 2);
    CHECK(reader.u16() == std::uint16_t{0xff00});
    CHECK(reader.rest().empty());
}

TEST_CASE("a short buffer answers nothing and gives up nothing") {
    const std::array<std::uint8_t, 1> bytes{7};
    ByteReader reader(bytes);
    CHECK_FALSE(reader.u16().has_value());
    CHECK_FALSE(reader.take(2).has_value());
    CHECK(reader.u8() == std::uint8_t{7});
    CHECK_FALSE(reader.u8().has_value());
    CHECK(reader.take(0)->empty());
}

TEST_CASE("what is taken is a view into the buffer") {
    const std::array<std::uint8_t, 3> bytes{1, 2, 3};
    ByteReader reader(bytes);
    CHECK(reader.take(2)->data() == bytes.data());
    CHECK(reader.rest().data() == bytes.data() + 2);
}

TEST_CASE("what is written is what is read") {
    std::array<std::uint8_t, 8> buffer{};
    ByteWriter writer(buffer);
    writer.u8(0x31);
    writer.u16(0xfffe);
    const std::array<std::uint8_t, 3> more{9, 8, 7};
    writer.bytes(more);
    CHECK(writer.written() == 6);
    CHECK(std::vector(buffer.begin(), buffer.end()) ==
          std::vector<std::uint8_t>{0x31, 0xff, 0xfe, 9, 8, 7, 0, 0});
}
