// Which router of a Node an advert is for: by interface, VRID and family (RFC 9568 section 5.2.3).
#pragma once

#include "vrrp/interfaces.h"
#include "vrrp/settings.h"

#include <optional>
#include <tuple>
#include <vector>

namespace baton::vrrp {

class Listeners {
public:
    /// To be called when an interface got another number, or none.
    void index(const Settings& settings, const Interfaces& interfaces);

    /// The place of the instance in Settings::instances; nothing when there is none.
    [[nodiscard]] std::optional<std::size_t> find(IfIndex interface, Vrid vrid, Family family) const;

private:
    struct Listener {
        IfIndex interface;
        Vrid vrid;
        Family family{};
        std::size_t router{0};

        [[nodiscard]] auto key() const { return std::tuple(interface, vrid, family); }
    };

    std::vector<Listener> listeners_; ///< sorted by key
};

} // namespace baton::vrrp
