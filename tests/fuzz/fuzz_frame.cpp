// Any bytes as an IPv4 datagram of a raw socket: net/ipv4_header. The bytes are the frame.
#include "net/ipv4_header.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "vrrp/event.h"

using namespace baton;
using fuzz::must;

namespace {

/// RFC 791 section 3.1 once more, longhand.
bool is_datagram(const std::vector<std::uint8_t>& frame) {
    if (frame.size() < 20 || frame[0] / 16 != 4)
        return false;
    const auto header = static_cast<std::size_t>(frame[0] % 16) * 4;
    const auto total = static_cast<std::size_t>(frame[2]) * 256 + frame[3];
    return header >= 20 && header <= total && total <= frame.size();
}

void check(const std::vector<std::uint8_t>& frame, const Datagram& datagram) {
    const auto header = static_cast<std::size_t>(frame[0] % 16) * 4;
    const auto total = static_cast<std::size_t>(frame[2]) * 256 + frame[3];
    must(datagram.interface == IfIndex{7}, "the interface is the one given");
    must(datagram.payload.data() == frame.data() + header && datagram.payload.size() == total - header,
         "the payload is what lies between the header and the total length");
    must(datagram.hop_limit == frame[8], "the hop limit is the ninth octet");
    must(datagram.source == IpAddress::v4(frame[12], frame[13], frame[14], frame[15]), "the source is at 12");
    must(datagram.destination == IpAddress::v4(frame[16], frame[17], frame[18], frame[19]),
         "the destination is at 16");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::uint8_t> frame(data, data + size); // of its exact size
    const auto datagram = net::parse_ipv4(IfIndex{7}, frame);
    must(datagram.has_value() == is_datagram(frame), "a datagram is one, and nothing else is");
    if (datagram) {
        check(frame, *datagram);
        (void)vrrp::heard(*datagram);
    }
    return 0;
}
