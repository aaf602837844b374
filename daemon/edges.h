// What the executor needs of the outside world: four calls. KernelEdges makes them for real; the tests of the
// executor put a list in its place.
#pragma once

#include "base/address.h"
#include "base/announce_form.h"
#include "base/result.h"
#include "base/strong.h"

#include <cstdint>
#include <span>

namespace baton::daemon {

class Edges {
public:
    Edges() = default;
    virtual ~Edges() = default;
    Edges(const Edges&) = delete;
    Edges& operator=(const Edges&) = delete;

    /// Sends one VRRP message. Never blocks.
    [[nodiscard]] virtual Result<void, Error> send(IfIndex interface, const IpAddress& source,
                                                   const IpAddress& destination, std::uint8_t hop_limit,
                                                   std::span<const std::uint8_t> message) = 0;

    /// Puts the addresses there; done means the kernel has acknowledged each.
    [[nodiscard]] virtual Result<void, Error> hold(IfIndex interface, std::span<const Prefix> addresses,
                                                   bool adopt) = 0;

    /// Gives our mark to those of the addresses that stand there without it.
    [[nodiscard]] virtual Result<void, Error> reclaim(IfIndex interface,
                                                      std::span<const Prefix> addresses) = 0;

    /// Takes those of the addresses off that are ours.
    [[nodiscard]] virtual Result<void, Error> release(IfIndex interface,
                                                      std::span<const Prefix> addresses) = 0;

    /// Sends one gratuitous ARP, or one Neighbor Advertisement, for each address.
    [[nodiscard]] virtual Result<void, Error> announce(IfIndex interface, std::span<const Prefix> addresses,
                                                       AnnounceForm form) = 0;
};

} // namespace baton::daemon
