#include "vrrp/listeners.h"

#include <algorithm>

namespace baton::vrrp {

void Listeners::index(const Routers& routers, const Interfaces& interfaces) {
    listeners_.clear();
    routers.each([&](const Router& router) {
        const auto& instance = router.settings();
        const auto& interface = interfaces.named(instance.interface);
        if (interface.index != IfIndex{})
            listeners_.push_back({interface.index, instance.vrid, instance.family(), router.id()});
    });
    std::sort(listeners_.begin(), listeners_.end(),
              [](const Listener& a, const Listener& b) { return a.key() < b.key(); });
}

std::optional<InstanceId> Listeners::find(IfIndex interface, Vrid vrid, Family family) const {
    const Listener wanted{interface, vrid, family, {}};
    const auto found =
        std::lower_bound(listeners_.begin(), listeners_.end(), wanted,
                         [](const Listener& a, const Listener& b) { return a.key() < b.key(); });
    if (found == listeners_.end() || found->key() != wanted.key())
        return std::nullopt;
    return found->router;
}

} // namespace baton::vrrp
