#include "health/echo_message.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <algorithm>

namespace baton::health {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t message_size = header_size + std::tuple_size_v<decltype(Echo::token)>;

constexpr std::uint8_t request_type(Family family) { return family == Family::ipv4 ? 8 : 128; }
constexpr std::uint8_t reply_type(Family family) { return family == Family::ipv4 ? 0 : 129; }

std::uint16_t checksum(std::span<const std::uint8_t> message) {
    Checksum sum;
    sum.add(message);
    return sum.value();
}

} // namespace

std::vector<std::uint8_t> encode_echo_request(Family family, const Echo& echo) {
    std::vector<std::uint8_t> message(message_size);
    ByteWriter writer(message);
    writer.u8(request_type(family));
    writer.u8(0);  // code
    writer.u16(0); // checksum, summed below
    writer.u16(echo.identifier);
    writer.u16(echo.sequence);
    writer.bytes(echo.token);
    if (family == Family::ipv4)
        ByteWriter(std::span(message).subspan(2)).u16(checksum(message));
    return message;
}

std::optional<Echo> decode_echo_reply(Family family, std::span<const std::uint8_t> message) {
    if (message.size() != message_size || message[0] != reply_type(family) || message[1] != 0)
        return std::nullopt;
    if (family == Family::ipv4 && checksum(message) != 0)
        return std::nullopt;
    ByteReader reader(message.subspan(4));
    Echo echo{.identifier = *reader.u16(), .sequence = *reader.u16()};
    std::copy_n(reader.rest().begin(), echo.token.size(), echo.token.begin());
    return echo;
}

std::optional<std::span<const std::uint8_t>> payload_of_ipv4(std::span<const std::uint8_t> datagram) {
    if (datagram.empty() || datagram[0] >> 4 != 4)
        return std::nullopt;
    const auto header = std::size_t{4} * (datagram[0] & 0x0fU);
    if (header < 20 || datagram.size() < header)
        return std::nullopt;
    return datagram.subspan(header);
}

} // namespace baton::health
