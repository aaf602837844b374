// Which router of a Node an advert is for: by interface, VRID and family (RFC 9568 section 5.2.3).
#pragma once

#include "vrrp/interfaces.h"
#include "vrrp/routers.h"

#include <optional>
#include <tuple>
#include <vector>

namespace baton::vrrp {

class Listeners {
public:
    /// To be called when an interface got another number, or none, and when routers come or go.
    void index(const Routers& routers, const Interfaces& interfaces);

    [[nodiscard]] std::optional<InstanceId> find(IfIndex interface, Vrid vrid, Family family) const;

private:
    struct Listener {
        IfIndex interface;
        Vrid vrid;
        Family family{};
        InstanceId router;

        [[nodiscard]] auto key() const { return std::tuple(interface, vrid, family); }
    };

    std::vector<Listener> listeners_; ///< sorted by key
};

} // namespace baton::vrrp
