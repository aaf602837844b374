// What comes back to a ping: health/echo_message.
//
//   octet 0         IPv4 or IPv6; for IPv4 whether a header stands before the message; whether its checksum
//   is
//                   put right
//   the rest        the datagram
#include "health/echo_message.h"

#include "base/checksum.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"

using namespace baton;
using namespace baton::health;
using fuzz::must;

namespace {

using Octets = std::span<const std::uint8_t>;

bool inside(Octets inner, Octets outer) {
    return inner.data() >= outer.data() && inner.data() + inner.size() == outer.data() + outer.size();
}

/// Chance never finds one.
void put_checksum_right(std::span<std::uint8_t> message) {
    if (message.size() < 4)
        return;
    message[2] = message[3] = 0;
    Checksum sum;
    sum.add(message);
    message[2] = static_cast<std::uint8_t>(sum.value() >> 8);
    message[3] = static_cast<std::uint8_t>(sum.value());
}

void check_reply(Family family, Octets message) {
    const auto echo = decode_echo_reply(family, message);
    if (!echo)
        return;
    auto request = encode_echo_request(family, *echo);
    must(request.size() == message.size(), "a reply is as long as its request");
    must(std::equal(request.begin() + 4, request.end(), message.begin() + 4), "and has what that had");
    must(!decode_echo_reply(family, request), "a request is no reply");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto how = input.byte();
    const auto family = (how & 1) != 0 ? Family::ipv6 : Family::ipv4;
    auto datagram = input.take_copy(size);
    std::optional<Octets> message = datagram;
    if ((how & 2) != 0) {
        message = payload_of_ipv4(datagram);
        must(!message || inside(*message, datagram), "what a datagram carries lies in it");
        must(!message || datagram.size() - message->size() >= 20, "behind a header");
    }
    if (!message)
        return 0;
    std::vector<std::uint8_t> own(message->begin(), message->end());
    if ((how & 4) != 0)
        put_checksum_right(own);
    check_reply(family, own);
    return 0;
}
