#include "net/announcer.h"

#include "net/arp_frame.h"
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
    case EAFNOSUPPORT:
        return "only IPv4 addresses can be announced";
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
        return cannot_open("the socket for gratuitous ARP", errno);
    return Announcer(boost::asio::posix::stream_descriptor(executor, fd));
}

std::vector<AnnounceFailure> Announcer::announce(IfIndex interface, const MacAddress& mac,
                                                 std::span<const Prefix> addresses) {
    std::vector<AnnounceFailure> failures;
    for (const Prefix& prefix : addresses)
        if (const int code = send(interface, mac, prefix.address); code != 0)
            failures.push_back({prefix.address, "announcing " + prefix.address.to_string() + " on " +
                                                    interface_name(interface) + ": " + words_of(code)});
    return failures;
}

int Announcer::send(IfIndex interface, const MacAddress& mac, const IpAddress& address) {
    if (address.family() != Family::ipv4)
        return EAFNOSUPPORT;
    const ArpFrame frame = gratuitous_arp(mac, address);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_ARP);
    to.sll_ifindex = static_cast<int>(interface.value);
    while (::sendto(socket_.native_handle(), frame.data(), frame.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

} // namespace baton::net
