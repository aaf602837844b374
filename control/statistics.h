// The counters under the names that RFC 8347 (the YANG module ietf-vrrp) gives them, for collectors that know
// those.
//
// Sums of what vrrp/counters.h counts, nothing else: docs/api.md says of what. 64 bits, plain JSON numbers.
#pragma once

#include "control/status.h"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace baton::control {

/// A leaf of RFC 8347 and the counters that make it up; those that are empty name none.
struct Leaf {
    std::string_view name;
    std::array<std::string_view, 4> counters;
};

/// Of a virtual router ("statistics" in its list entry), and of the node as a whole.
[[nodiscard]] std::span<const Leaf> router_leaves();
[[nodiscard]] std::span<const Leaf> node_leaves();

/// For one instance, by its place in the snapshot.
[[nodiscard]] Json router_statistics(const Report& report, std::size_t index);

/// For the node: over all instances, and the adverts that belong to none.
[[nodiscard]] Json node_statistics(const Report& report);

} // namespace baton::control
