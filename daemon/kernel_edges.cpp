#include "daemon/kernel_edges.h"

namespace baton::daemon {
namespace {

/// Nothing failed, or all that did in one line.
template <class Failures>
Result<void, Error> summed_up(const Failures& failures) {
    if (failures.empty())
        return {};
    return Error{describe(failures)};
}

Error no_socket() { return Error{"the interface has no advert socket"}; }

} // namespace

Result<void, Error> KernelEdges::send(IfIndex interface, const IpAddress& source,
                                      const IpAddress& destination, std::uint8_t hop_limit,
                                      std::span<const std::uint8_t> message) {
    auto* socket = sockets_.find(interface, destination.family());
    if (socket == nullptr)
        return no_socket();
    return socket->send(source, destination, message, hop_limit);
}

Result<void, Error> KernelEdges::hold(IfIndex interface, std::span<const Prefix> addresses, bool adopt) {
    return summed_up(addresses_.hold(interface, addresses, adopt));
}

Result<void, Error> KernelEdges::reclaim(IfIndex interface, std::span<const Prefix> addresses) {
    return summed_up(addresses_.reclaim(interface, addresses));
}

Result<void, Error> KernelEdges::release(IfIndex interface, std::span<const Prefix> addresses) {
    return summed_up(addresses_.release(interface, addresses));
}

Result<void, Error> KernelEdges::announce(IfIndex interface, std::span<const Prefix> addresses,
                                          AnnounceForm form) {
    const auto* known = monitor_.find(interface);
    if (known == nullptr || !known->link.mac)
        return {}; // no Ethernet, so there is nobody to tell
    return summed_up(announcer_.announce(interface, *known->link.mac, addresses, form));
}

} // namespace baton::daemon
