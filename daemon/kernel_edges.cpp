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

Result<void, Error> KernelEdges::send(const vrrp::SendAdvert& effect, std::span<const std::uint8_t> message) {
    auto* socket = sockets_.find(effect.interface, effect.destination.family());
    if (socket == nullptr)
        return no_socket();
    return socket->send(effect.source, effect.destination, message, effect.hop_limit);
}

Result<void, Error> KernelEdges::hold(const vrrp::HoldAddresses& effect) {
    if (effect.reclaim)
        if (auto reclaimed = summed_up(addresses_.reclaim(effect.interface, effect.addresses)); !reclaimed)
            return reclaimed;
    return summed_up(addresses_.hold(effect.interface, effect.addresses, effect.adopt));
}

Result<void, Error> KernelEdges::release(const vrrp::ReleaseAddresses& effect) {
    return summed_up(addresses_.release(effect.interface, effect.addresses));
}

Result<void, Error> KernelEdges::announce(const vrrp::Announce& effect) {
    const auto* known = monitor_.find(effect.interface);
    if (known == nullptr || !known->link.mac)
        return {}; // no Ethernet, so there is nobody to tell
    return summed_up(announcer_.announce(effect.interface, *known->link.mac, effect.addresses, effect.form));
}

} // namespace baton::daemon
