// What the executor needs of the outside world. KernelEdges makes them for real; the tests of the
// executor put a list in its place.
#pragma once

#include "base/result.h"
#include "vrrp/effect.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::daemon {

class Edges {
public:
    Edges() = default;
    virtual ~Edges() = default;
    Edges(const Edges&) = delete;
    Edges& operator=(const Edges&) = delete;

    /// Sends one VRRP message: `message` is the advert, encoded. Never blocks.
    [[nodiscard]] virtual Result<void, Error> send(const vrrp::SendAdvert& effect,
                                                   std::span<const std::uint8_t> message) = 0;

    /// Puts the addresses there; done means the kernel has acknowledged each.
    [[nodiscard]] virtual Result<void, Error> hold(const vrrp::HoldAddresses& effect) = 0;

    /// Takes those of the addresses off that are ours.
    [[nodiscard]] virtual Result<void, Error> release(const vrrp::ReleaseAddresses& effect) = 0;

    /// Puts the instance's routes and rules there; done means the kernel has acknowledged each.
    /// How many of them had to be put there.
    [[nodiscard]] virtual Result<std::size_t, Error> hold_routes(vrrp::InstanceId instance) = 0;

    /// Takes those of them out that are ours.
    [[nodiscard]] virtual Result<void, Error> release_routes(vrrp::InstanceId instance) = 0;

    /// Sends one gratuitous ARP, or one Neighbor Advertisement, for each address.
    [[nodiscard]] virtual Result<void, Error> announce(const vrrp::Announce& effect) = 0;
};

} // namespace baton::daemon
