#include "net/announcer.h"

#include "net/arp_frame.h"
#include "net/na_frame.h"
#include "net/words.h"

#include <linux/if_ether.h>

namespace baton::net {

std::string describe(std::span<const AnnounceFailure> failures) {
    std::string text;
    for (const AnnounceFailure& each : failures)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

Result<Announcer, Error> Announcer::open(const boost::asio::any_io_executor& executor) {
    auto frames = FrameSocket::open(executor);
    if (!frames)
        return frames.error();
    return Announcer(std::move(*frames));
}

std::vector<AnnounceFailure> Announcer::announce(IfIndex interface, const MacAddress& mac,
                                                 std::span<const Prefix> addresses, AnnounceForm form) {
    std::vector<AnnounceFailure> failures;
    for (const Prefix& prefix : addresses) {
        const IpAddress& address = prefix.address;
        const int code = address.family() == Family::ipv4
                             ? announce_v4(interface, mac, address, form)
                             : frames_.send(interface, ETH_P_IPV6, unsolicited_na(mac, address));
        if (code != 0)
            failures.push_back({address, "announcing " + address.to_string() + " on " +
                                             interface_name(interface) + ": " + frame_error(code)});
    }
    return failures;
}

// Both are tried; what stopped the first is likely what stopped the second.
int Announcer::announce_v4(IfIndex interface, const MacAddress& mac, const IpAddress& address,
                           AnnounceForm form) {
    const auto send_as = [&](ArpOperation operation) {
        return frames_.send(interface, ETH_P_ARP, gratuitous_arp(mac, address, operation));
    };
    const int request = form == AnnounceForm::reply ? 0 : send_as(ArpOperation::request);
    const int reply = form == AnnounceForm::request ? 0 : send_as(ArpOperation::reply);
    return request != 0 ? request : reply;
}

} // namespace baton::net
