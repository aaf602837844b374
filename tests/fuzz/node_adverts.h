// Adverts for a fuzzed Node: drawn from what matters to its instances, and whether one of them must take it.
#pragma once

#include "tests/fuzz/input.h"
#include "vrrp/event.h"
#include "vrrp/settings.h"

#include <optional>
#include <vector>

namespace baton::fuzz {

/// An advert, and the memory it views.
struct DrawnAdvert {
    vrrp::AdvertReceived event;
    std::vector<std::uint8_t> octets;
};

/// Something that decode() lets through, about `instance` for the most part. `primary` is our own address
/// there, and `index` its interface.
[[nodiscard]] DrawnAdvert advert_from(Input& input, const vrrp::InstanceSettings& instance,
                                      const std::optional<IpAddress>& primary, IfIndex index);

/// Whether the instance must take it, by RFC 9568 section 7.1 with its errata, RFC 3768 section 7.1 and the
/// comments of vrrp/settings.h.
[[nodiscard]] bool must_take(const vrrp::AdvertReceived& event, const vrrp::InstanceSettings& instance,
                             const std::optional<IpAddress>& primary);

} // namespace baton::fuzz
