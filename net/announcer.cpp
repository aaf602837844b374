#include "net/announcer.h"

#include "net/arp_frame.h"
#include "net/na_frame.h"
#include "net/words.h"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace baton::net {

namespace {

std::string words_of(int code) {
    switch (code) {
    case EAGAIN:
    case ENOBUFS:
        return "the interface's send queue is full";
    default:
        return error_text(code);
    }
}

} // namespace

std::string describe(std::span<const AnnounceFailure> failures) {
    std::string text;
    for (const AnnounceFailure& each : failures)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

Result<Announcer, Error> Announcer::open(const boost::asio::any_io_executor& executor) {
    // Protocol 0: nothing is ever received here.
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return cannot_open("the socket for gratuitous ARP and Neighbor Advertisements", errno);
    return Announcer(boost::asio::posix::stream_descriptor(executor, fd));
}

std::vector<AnnounceFailure> Announcer::announce(IfIndex interface, const MacAddress& mac,
                                                 std::span<const Prefix> addresses, AnnounceForm form) {
    std::vector<AnnounceFailure> failures;
    for (const Prefix& prefix : addresses) {
        const IpAddress& address = prefix.address;
        const int code = address.family() == Family::ipv4
                             ? announce_v4(interface, mac, address, form)
                             : send(interface, ETH_P_IPV6, unsolicited_na(mac, address));
        if (code != 0)
            failures.push_back({address, "announcing " + address.to_string() + " on " +
                                             interface_name(interface) + ": " + words_of(code)});
    }
    return failures;
}

// Both are tried; what stopped the first is likely what stopped the second.
int Announcer::announce_v4(IfIndex interface, const MacAddress& mac, const IpAddress& address,
                           AnnounceForm form) {
    const auto send_as = [&](ArpOperation operation) {
        return send(interface, ETH_P_ARP, gratuitous_arp(mac, address, operation));
    };
    const int request = form == AnnounceForm::reply ? 0 : send_as(ArpOperation::request);
    const int reply = form == AnnounceForm::request ? 0 : send_as(ArpOperation::reply);
    return request != 0 ? request : reply;
}

int Announcer::send(IfIndex interface, std::uint16_t ethertype, std::span<const std::uint8_t> frame) {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ethertype);
    to.sll_ifindex = static_cast<int>(interface.value);
    while (::sendto(socket_.native_handle(), frame.data(), frame.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

} // namespace baton::net
