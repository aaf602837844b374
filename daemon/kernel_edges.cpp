#include "daemon/kernel_edges.h"

#include "daemon/clock.h"
#include "daemon/summed_up.h"
#include "net/advert_frame.h"
#include "vrrp/advert.h"

#include <algorithm>

namespace baton::daemon {
namespace {

Error no_socket() { return Error{"the interface has no advert socket"}; }

} // namespace

void KernelEdges::assign(const vrrp::Node& node, const config::Config& config) {
    const auto& instances = config.settings.instances;
    for (const auto& occupant : node.occupants()) {
        if (occupant.leaving || occupant.waiting)
            continue;
        const auto place = occupant.id.value;
        host_.resize(std::max<std::size_t>(host_.size(), place + 1));
        const auto found = std::find_if(instances.begin(), instances.end(), [&](const auto& instance) {
            return instance.name == occupant.settings->name;
        });
        if (found != instances.end())
            host_[place] = config.host[static_cast<std::size_t>(found - instances.begin())];
    }
}

bool KernelEdges::is_ours(IfIndex interface, const Prefix& prefix) const {
    const auto* known = monitor_.find(interface);
    return known != nullptr &&
           std::any_of(known->addresses.begin(), known->addresses.end(),
                       [&](const auto& address) { return address.ours && address.prefix == prefix; });
}

Result<void, Error> KernelEdges::send(const vrrp::SendAdvert& effect, std::span<const std::uint8_t> message) {
    if (effect.from_virtual_mac)
        return send_frame(effect, message);
    auto* socket = sockets_.find(effect.interface, effect.destination.family());
    if (socket == nullptr)
        return no_socket();
    return socket->send(effect.source, effect.destination, message, effect.hop_limit);
}

/// A raw IP socket has no say in the frame's source.
Result<void, Error> KernelEdges::send_frame(const vrrp::SendAdvert& effect,
                                            std::span<const std::uint8_t> message) {
    const auto family = effect.destination.family();
    const net::AdvertEnvelope envelope{vrrp::virtual_mac_address(family, effect.advert.vrid), effect.source,
                                       effect.destination, effect.hop_limit, vrrp::protocol_number};
    net::AdvertFrameBuffer buffer;
    const int code = kernel_.frames.send(effect.interface, net::ethertype_of(family),
                                         net::advert_frame(envelope, message, buffer));
    if (code == 0)
        return {};
    return Error{"advert from " + effect.source.to_string() + " to " + effect.destination.to_string() +
                 " as a frame: " + net::frame_error(code)};
}

Result<void, Error> KernelEdges::hold(const vrrp::HoldAddresses& effect) {
    if (const auto below = macs_.below(effect.interface)) {
        if (!effect
                 .reclaim) // who holds them already would gain nothing by letting go: that is told (notices)
            if (auto clear = summed_up(addresses_.in_the_way(*below, effect.addresses, effect.interface));
                !clear)
                return clear;
        if (auto up = macs_.let_speak(effect.interface); !up)
            return up;
    }
    if (!host(effect.instance).accept)
        if (auto refused = kernel_.accept.refuse(effect.interface, effect.addresses); !refused)
            return refused;
    const auto form = leases_.form(effect.instance);
    if (effect.reclaim)
        if (auto reclaimed = summed_up(addresses_.reclaim(effect.interface, effect.addresses, form));
            !reclaimed)
            return reclaimed;
    auto held = summed_up(addresses_.hold(effect.interface, effect.addresses, effect.adopt, form));
    if (held)
        leases_.held(effect, boot_now());
    return held;
}

/// A link that is down answers no more: that comes before the addresses go, one by one.
Result<void, Error> KernelEdges::release(const vrrp::ReleaseAddresses& effect) {
    leases_.released(effect);
    if (!effect.in_place && macs_.made(effect.interface))
        if (auto silent = macs_.silence(effect.interface); !silent)
            return silent;
    auto released = summed_up(addresses_.release(effect.interface, effect.addresses));
    if (!released || host(effect.instance).accept)
        return released;
    return kernel_.accept.accept(effect.interface, effect.addresses);
}

Result<std::size_t, Error> KernelEdges::hold_routes(vrrp::InstanceId instance) {
    return routes_.hold(host(instance));
}

Result<void, Error> KernelEdges::release_routes(vrrp::InstanceId instance) {
    return routes_.release(host(instance));
}

Result<void, Error> KernelEdges::announce(const vrrp::Announce& effect) {
    const auto* known = monitor_.find(effect.interface);
    if (known == nullptr || !known->link.mac)
        return {}; // no Ethernet, so there is nobody to tell
    // What somebody else gave the interface of a virtual MAC address is not told: it has just been put back.
    const auto mac = macs_.address(effect.interface).value_or(*known->link.mac);
    return summed_up(kernel_.announcer.announce(effect.interface, mac, effect.addresses, effect.form));
}

} // namespace baton::daemon
