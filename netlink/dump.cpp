#include "netlink/dump.h"

#include "netlink/parse.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace baton::netlink {

namespace {

Result<std::vector<PlacedAddress>, Refusal> read(Socket& socket, std::uint8_t family, IfIndex interface) {
    Message request(RTM_GETADDR, NLM_F_DUMP);
    ifaddrmsg which{};
    which.ifa_family = family;
    which.ifa_index = interface.value;
    request.append(which);
    const auto dumped = socket.dump(request);
    if (!dumped)
        return dumped.error();
    std::vector<PlacedAddress> addresses;
    std::span<const std::uint8_t> rest = *dumped;
    while (const nlmsghdr* message = next_message(rest))
        if (const auto address = parse_address(*message))
            addresses.push_back(*address);
    return addresses;
}

} // namespace

Result<std::vector<Link>, Refusal> read_links(Socket& socket) {
    Message request(RTM_GETLINK, NLM_F_DUMP);
    request.append(ifinfomsg{});
    // Counters would be nine tenths of the answer, and nobody here reads them.
    request.put(IFLA_EXT_MASK, static_cast<std::uint32_t>(RTEXT_FILTER_SKIP_STATS));
    const auto dumped = socket.dump(request);
    if (!dumped)
        return dumped.error();
    std::vector<Link> links;
    std::span<const std::uint8_t> rest = *dumped;
    while (const nlmsghdr* message = next_message(rest))
        if (auto link = parse_link(*message))
            links.push_back(std::move(*link));
    return links;
}

Result<std::vector<PlacedAddress>, Refusal> read_addresses(Socket& socket) {
    return read(socket, AF_UNSPEC, IfIndex());
}

Result<std::vector<HeldAddress>, Refusal> read_addresses(Socket& socket, IfIndex interface) {
    const auto placed = read(socket, AF_UNSPEC, interface);
    if (!placed)
        return placed.error();
    std::vector<HeldAddress> addresses;
    addresses.reserve(placed->size());
    for (const PlacedAddress& each : *placed)
        addresses.push_back(each.address);
    return addresses;
}

} // namespace baton::netlink
