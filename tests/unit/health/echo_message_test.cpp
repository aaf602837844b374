// Echo requests and replies as octets.
#include "health/echo_message.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::health;

namespace {

using Octets = std::vector<std::uint8_t>;

const Echo sample{.identifier = 0x1234,
                  .sequence = 0xff01,
                  .token = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

/// What who is asked sends back: the same under another type, with its checksum adapted (RFC 1624).
Octets reply_to(Family family, Octets request) {
    request[0] = family == Family::ipv4 ? 0 : 129;
    if (family == Family::ipv4) {
        const unsigned sum = (unsigned{request[2]} << 8 | request[3]) + 0x0800U;
        const unsigned folded = (sum & 0xffff) + (sum >> 16);
        request[2] = static_cast<std::uint8_t>(folded >> 8);
        request[3] = static_cast<std::uint8_t>(folded);
    }
    return request;
}

} // namespace

TEST_CASE("an echo request octet by octet") {
    const auto four = encode_echo_request(Family::ipv4, sample);
    CHECK(four == Octets{8, 0, 0xa6, 0x81, 0x12, 0x34, 0xff, 0x01, 1,  2,  3,  4,
                         5, 6, 7,    8,    9,    10,   11,   12,   13, 14, 15, 16});
    const auto six = encode_echo_request(Family::ipv6, sample);
    CHECK(six == Octets{128, 0, 0, 0, 0x12, 0x34, 0xff, 0x01, 1,  2,  3,  4,
                        5,   6, 7, 8, 9,    10,   11,   12,   13, 14, 15, 16});
}

TEST_CASE("a reply is what was asked, with another type") {
    for (const auto family : {Family::ipv4, Family::ipv6})
        CHECK(decode_echo_reply(family, reply_to(family, encode_echo_request(family, sample))) == sample);
}

TEST_CASE("what is no reply, or not whole, is none") {
    for (const auto family : {Family::ipv4, Family::ipv6}) {
        const auto request = encode_echo_request(family, sample);
        const auto reply = reply_to(family, request);
        CHECK_FALSE(decode_echo_reply(family, request)); // our own request, as the loopback shows it
        CHECK_FALSE(decode_echo_reply(family, {}));
        for (std::size_t size = 0; size < reply.size(); ++size)
            CHECK_FALSE(decode_echo_reply(family, std::span(reply).first(size)));
        auto longer = reply;
        longer.push_back(0);
        CHECK_FALSE(decode_echo_reply(family, longer));
        auto code = reply;
        code[1] = 1;
        CHECK_FALSE(decode_echo_reply(family, code));
    }
}

TEST_CASE("an IPv4 reply whose checksum is wrong is none") {
    const auto reply = reply_to(Family::ipv4, encode_echo_request(Family::ipv4, sample));
    for (std::size_t at = 0; at < reply.size(); ++at) {
        auto wrong = reply;
        wrong[at] ^= 1;
        CHECK_FALSE(decode_echo_reply(Family::ipv4, wrong));
    }
}

TEST_CASE("behind an IPv4 header of any length is what it carries") {
    Octets datagram(30, 7);
    datagram[0] = 0x45;
    CHECK(payload_of_ipv4(datagram)->size() == 10);
    datagram[0] = 0x46;
    CHECK(payload_of_ipv4(datagram)->size() == 6);
    datagram[0] = 0x48;
    CHECK_FALSE(payload_of_ipv4(datagram)); // its header does not end in it
    datagram[0] = 0x44;
    CHECK_FALSE(payload_of_ipv4(datagram)); // shorter than headers are
    datagram[0] = 0x65;
    CHECK_FALSE(payload_of_ipv4(datagram));
    CHECK_FALSE(payload_of_ipv4({}));
}
